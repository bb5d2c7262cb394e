import { eventually, post, runCli } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { broker, retries, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'

describe('millrace event', () => {
  const shared = oneServer((urlOf) =>
    [
      broker('default', { annotations: { 'millrace.dev/archive': 'PT1H' } }),
      trigger('ok', urlOf('/ok'), { attributes: { type: 'order' } }),
      trigger('flaky', urlOf('/flaky'), { delivery: retries(3) }),
      trigger('bad', urlOf('/bad'), { delivery: { retry: 0 } }),
      trigger('gold', urlOf('/ok'), { attributes: { tier: 'gold' } }),
    ].join(''),
  )

  async function send(id: string): Promise<void> {
    const { sink, millrace } = shared
    sink.path('/flaky').replyWith(503, 202)
    sink.path('/bad').replyWith({ status: 400, body: 'no such order' })
    const sent = { id, type: 'order', data: '{"n":12345678901234567890}' }
    expect((await post(`${millrace.ingress}/default/default`, sent)).status).toBe(202)
  }

  function event(...args: string[]) {
    return runCli(['event', ...args, '--server', shared.millrace.admin])
  }

  test('-o json is one object for each time that it was accepted', async () => {
    await send('o-1')
    await send('o-1')
    const journeys = await eventually(async () => {
      const { stdout } = await event('o-1', '-o', 'json')
      const items = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { deliveries: { state: string }[] })
      expect(
        items
          .flatMap(({ deliveries }) => deliveries.map(({ state }) => state))
          .toSorted((a, b) => a.localeCompare(b)),
      ).toEqual(['dead', 'dead', 'delivered', 'delivered', 'delivered', 'delivered'])
      return items
    })
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    const ms = expect.any(Number)
    expect(journeys).toHaveLength(2)
    expect(journeys[0]).toMatchObject({
      addressable: '/default/default',
      acceptedAt: at,
      event: { specversion: '1.0', id: 'o-1', source: '/test', type: 'order' },
      deliveries: expect.arrayContaining([
        expect.objectContaining({ trigger: 'ok', state: 'delivered' }),
        expect.objectContaining({
          trigger: 'bad',
          state: 'dead',
          reason: 'the answer was 400',
          attempts: [expect.objectContaining({ n: 1, at, code: 400, body: 'no such order', ms })],
        }),
      ]),
      unmatched: [{ trigger: 'gold', clause: expect.stringContaining('gold') }],
    })
    expect(journeys[0]).not.toHaveProperty('event.data')
  })

  test('--data shows the data too, with the digits as they were sent', async () => {
    await send('o-2')
    await eventually(async () => {
      expect((await event('o-2', '--data', '-o', 'json')).stdout).toContain(
        '"data":{"n":12345678901234567890}',
      )
      expect((await event('o-2', '--data')).stdout).toMatch(/^data +\{"n":12345678901234567890\}$/m)
    })
  })

  test('the text has the same words, and each attempt', async () => {
    await send('o-3')
    await eventually(async () => {
      const { stdout } = await event('o-3')
      expect(stdout).toMatch(/^ +flaky +delivered in .*\n +attempt 1: 503 after .*\n +attempt 2: /m)
      expect(stdout).toMatch(
        /^ +gold +unmatched: exact tier = "gold" \(the event has none\)$|^ +gold +unmatched: tier/m,
      )
    })
  })

  test('what was dead and is redriven is what the redrive made of it', async () => {
    await send('o-4')
    const server = ['--server', shared.millrace.admin]
    await eventually(async () => expect((await event('o-4')).stdout).toMatch(/^ +bad +dead in /m))
    shared.sink.path('/bad').replyWith(202)
    const redriven = await runCli(['dlq', 'redrive', '--trigger', 'bad', ...server])
    expect(redriven.code).toBe(0)
    await eventually(async () => {
      const { stdout } = await event('o-4')
      expect(stdout).toMatch(/^ +bad +delivered in .*\n +attempt 1: 202 after /m)
      expect(stdout).not.toMatch(/dead/)
    })
  })

  test('one that is not known is exit 1, and the sentence names the archive annotation', async () => {
    const { code, stdout, stderr } = await event('absent')
    expect(stderr).toMatch(/^no event "absent" is known here: .*millrace\.dev\/archive: PT24H/)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  })

  test('without an id it is a usage error', async () => {
    expect((await event()).code).toBe(2)
  })
})
