import { eventually, exchange, post, receiver, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, retries, trigger } from './fixture/manifests.ts'

interface Journey {
  readonly acceptedAt: string
  readonly deliveries: readonly {
    readonly trigger: string
    readonly state: string
    readonly attempts: object[]
  }[]
  readonly unmatched: readonly object[]
}

const archived = { annotations: { 'millrace.dev/archive': 'PT1H' }, delivery: retries(3) }

async function journeys({ admin }: Millrace, id: string): Promise<Journey[]> {
  const { status, text } = await exchange('GET', `${admin}/api/events?id=${id}`)
  expect(status).toBe(200)
  return (JSON.parse(text) as { items: Journey[] }).items
}

async function settled(millrace: Millrace, id: string): Promise<Journey> {
  return eventually(async () => {
    const [journey] = await journeys(millrace, id)
    expect(journey?.deliveries.map(({ state }) => state).filter((state) => !isEnd(state))).toEqual([])
    return journey as Journey
  })
}

function isEnd(state: string): boolean {
  return state === 'delivered' || state === 'dead'
}

test('an archive knows how deliveries ended and what matched nothing, over a restart too', async () => {
  await using sink = await receiver()
  sink.path('/flaky').replyWith({ status: 503, body: 'busy' }, 200)
  sink.path('/bad').replyWith({ status: 400, body: 'no such order' })
  await using millrace = await startMillrace({
    manifests: [
      broker('default', archived),
      trigger('flaky', `${sink.url}flaky`, { attributes: { type: 'order' } }),
      trigger('bad', `${sink.url}bad`, { attributes: { type: 'order' } }),
      trigger('other', sink.url, { attributes: { type: 'paid' } }),
    ].join(''),
  })
  const url = `${millrace.ingress}/default/default`
  await post(url, { id: 'a', type: 'order' })
  await post(url, { id: 'b', type: 'nothing' })
  const before = await settled(millrace, 'a')
  expect(before).toMatchObject({
    deliveries: [
      {
        trigger: 'flaky',
        state: 'delivered',
        attempts: [
          { n: 1, code: 503, body: 'busy' },
          { n: 2, code: 200, ms: expect.any(Number) as number },
        ],
      },
      {
        trigger: 'bad',
        state: 'dead',
        reason: 'the answer was 400',
        deadLetter: expect.any(String) as string,
        attempts: [{ n: 1, body: 'no such order' }],
      },
    ],
    unmatched: [{ trigger: 'other', clause: 'exact type = "paid"', value: 'order' }],
  })
  await millrace.restart()
  expect(await journeys(millrace, 'a')).toEqual([before])
  expect(await journeys(millrace, 'b')).toMatchObject([
    { deliveries: [], unmatched: [{ trigger: 'flaky' }, { trigger: 'bad' }, { trigger: 'other' }] },
  ])
})

test('without an archive a dead letter is found with all its attempts, and what was delivered is not', async () => {
  await using sink = await receiver()
  sink.path('/down').replyWith(503, 502, { status: 400, body: 'no' })
  await using millrace = await startMillrace({
    manifests: [
      broker('default', { delivery: retries(5) }),
      trigger('down', `${sink.url}down`, { attributes: { type: 'down' } }),
      trigger('ok', sink.url, { attributes: { type: 'ok' } }),
    ].join(''),
  })
  const url = `${millrace.ingress}/default/default`
  await post(url, { id: 'a', type: 'down' })
  await post(url, { id: 'b', type: 'ok' })
  await sink.received(1)
  await eventually(async () =>
    expect(await journeys(millrace, 'a')).toMatchObject([
      {
        deliveries: [{ state: 'dead', attempts: [{ code: 503 }, { code: 502 }, { code: 400, body: 'no' }] }],
      },
    ]),
  )
  await eventually(async () => expect(await journeys(millrace, 'b')).toEqual([]))
})
