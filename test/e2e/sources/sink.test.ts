import { eventually, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, document, trigger } from '../fixture/manifests.ts'
import { sourceStatus } from '../fixture/sources.ts'

function everySecond(metadata: object, sink: object): string {
  const spec = { schedule: '* * * * * *', data: 'tick', sink }
  return document({ apiVersion: 'sources.knative.dev/v1', kind: 'PingSource', metadata, spec })
}

test(
  'what is emitted while the sink is not there waits, and is delivered when it is',
  { timeout: 60_000 },
  async () => {
    await using sink = await receiver()
    const ref = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'later' }
    await using millrace = await startMillrace({ manifests: everySecond({ name: 'tick' }, { ref }) })
    await eventually(async () => {
      const status = await sourceStatus(millrace, 'PingSource', 'tick')
      expect(status).toMatchObject({ waiting: expect.any(Number) })
      expect((status as unknown as { waiting: number }).waiting).toBeGreaterThan(1)
    })
    const { conditions } = await sourceStatus(millrace, 'PingSource', 'tick')
    expect(conditions).toContainEqual(
      expect.objectContaining({
        type: 'SinkProvided',
        status: 'False',
        message: expect.stringContaining('"later" not found'),
      }),
    )
    await millrace.write('later.yaml', broker('later') + trigger('all', sink.url, { broker: 'later' }))
    await sink.received(4)
    const seconds = sink.requests
      .map(({ headers }) => Date.parse(String(headers['ce-time'])) / 1_000)
      .toSorted((left, right) => left - right)
    // from the first tick on, each second
    expect(seconds).toEqual(seconds.map((_, index) => (seconds[0] ?? 0) + index))
    await eventually(async () => {
      const status = await sourceStatus(millrace, 'PingSource', 'tick')
      expect(status).toMatchObject({ waiting: 0 })
      expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }))
    })
  },
)

test('a plain URL is delivered to by a route of the source’s own', { timeout: 60_000 }, async () => {
  await using sink = await receiver()
  sink.replyWith(503, 503, 200)
  await using millrace = await startMillrace({
    manifests: everySecond({ name: 'tick', namespace: 'shop' }, { uri: sink.url }),
  })
  await sink.received(3)
  const [first, second] = sink.requests
  expect(first?.headers).toMatchObject({
    'kn-namespace': 'shop',
    'ce-type': 'dev.knative.sources.ping',
    'ce-source': '/apis/v1/namespaces/shop/pingsources/tick',
  })
  expect(first?.headers).not.toHaveProperty('ce-knativebrokerttl')
  expect(first?.headers).not.toHaveProperty('content-type')
  expect(second?.headers['ce-type']).toBe('dev.knative.sources.ping')
  await eventually(() => {
    const ids = sink.requests.map(({ headers }) => headers['ce-id'])
    expect(millrace.stderr).toContain('"trigger":"shop/tick"')
    expect(ids.filter((id) => id === first?.headers['ce-id']).length).toBeGreaterThan(1)
  })
})
