import {
  eventually,
  post,
  receiver,
  runCli,
  startMillrace,
  type Millrace,
  type Receiver,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { brokerUrl } from './fixture/producing.ts'

const delivery = { retry: 1, backoffPolicy: 'linear', backoffDelay: 'PT0.01S' }

/** A server with one trigger; a host of the sink's port, under which the event is sent. */
async function sending(url: string, args: readonly string[] = []): Promise<Millrace> {
  return startMillrace({ manifests: broker() + trigger('t', url, { delivery }), args })
}

/** Posts one event and waits until it is a dead letter; → why, and after how many attempts. */
async function failure(millrace: Millrace): Promise<{ reason: string; attempts: number }> {
  expect((await post(brokerUrl(millrace), { id: 'e' })).status).toBe(202)
  return eventually(async () => {
    const [letter] = await deadLetters(millrace)
    return letter === undefined ? false : { reason: letter.reason, attempts: letter.attempts }
  }) as Promise<{ reason: string; attempts: number }>
}

function at(host: string, sink: Receiver): string {
  return `http://${host}:${sink.port}/`
}

const loopback = '--egress-deny=127.0.0.0/8,::1'

describe('a subscriber at a denied address', () => {
  test.each(['127.0.0.1', '2130706433', '0177.1', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0', 'localhost'])(
    'as %s fails with a reason that says so, and is never connected to',
    async (host) => {
      await using sink = await receiver()
      await using millrace = await sending(at(host, sink), [loopback])
      const { reason, attempts } = await failure(millrace)
      expect(reason).toMatch(/^dispatch error: .* is denied by the egress rules \(.*\); --egress-allow makes/)
      expect(attempts).toBe(2)
      expect(sink.count).toBe(0)
    },
  )

  test('of the cloud’s metadata fails without any flag', async () => {
    await using millrace = await sending('http://169.254.169.254/latest/meta-data/')
    expect((await failure(millrace)).reason).toContain(
      'dispatch error: 169.254.169.254 is denied by the egress rules (169.254.0.0/16, link-local)',
    )
  })

  test('is sent to where an exception names it', async () => {
    await using sink = await receiver()
    await using millrace = await sending(sink.url, [loopback, '--egress-allow', '127.0.0.1'])
    await post(brokerUrl(millrace), { id: 'e' })
    await sink.received(1)
  })
})

test('a redirect to a denied address is not followed', async () => {
  await using inside = await receiver()
  await using sink = await receiver()
  sink.replyWith({ status: 302, headers: { location: at('127.0.0.2', inside) } })
  await using millrace = await sending(sink.url, ['--egress-deny=127.0.0.2'])
  expect((await failure(millrace)).reason).toMatch(/^302, a redirect to http:\/\/127\.0\.0\.2:/)
  expect(inside.count).toBe(0)
})

test.each([
  ['--egress-deny', '10.0.0.0/40'],
  ['--egress-allow', 'example.com'],
])('%s %s is a usage error that names both', async (flag, value) => {
  const { code, stderr } = await runCli([
    'serve',
    '--store',
    'memory:',
    '--listen',
    ':0',
    '--admin',
    ':0',
    flag,
    value,
  ])
  expect(stderr).toContain(`${flag} is "${value}"; it is a block of addresses or one address`)
  expect(code).toBe(2)
})

test('the environment takes lists', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({
    manifests: broker() + trigger('t', sink.url, { delivery }),
    env: { MILLRACE_EGRESS_DENY: '10.0.0.0/8,127.0.0.0/8' },
  })
  expect((await failure(millrace)).reason).toContain('(127.0.0.0/8)')
  expect(sink.count).toBe(0)
})
