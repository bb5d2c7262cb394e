import { eventually, receiver, type ReceivedRequest } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { route, startMill, topology, type RouteParts } from '../flow-fixture.ts'

const batch = { size: 4, waitMs: 50 }

function batched(url: string, parts: Partial<RouteParts> = {}) {
  return topology([route({ name: 'a', destination: { kind: 'url', url }, flow: { batch }, ...parts })])
}

function idsIn({ body }: ReceivedRequest): string[] {
  return (JSON.parse(body.toString()) as { id: string }[]).map(({ id }) => id)
}

describe('batches', () => {
  test('events go together as an array, so many at most', async () => {
    await using sink = await receiver()
    await using mill = await startMill(batched(sink.url))
    const ids = await mill.post(10)
    await eventually(async () => (await mill.unsettled()) === 0)
    const sizes = sink.requests.map((request) => idsIn(request).length)
    expect(sink.requests.flatMap(idsIn).toSorted()).toEqual(ids.toSorted())
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4)
    expect(sizes.length).toBeLessThan(10)
    const [first] = sink.requests
    expect(first?.headers).toMatchObject({
      'content-type': 'application/cloudevents-batch+json',
      'kn-namespace': 'default',
    })
    expect(first?.headers).not.toHaveProperty('prefer')
    expect(first?.body.toString()).not.toContain('knativebrokerttl')
  })

  test('a single event is an array too, after its time', async () => {
    await using sink = await receiver()
    await using mill = await startMill(batched(sink.url))
    const [id] = await mill.post(1)
    await sink.received(1)
    expect(sink.requests.map(idsIn)).toEqual([[id]])
  })

  test('an answer names those that failed: they fail with their code, the rest are delivered', async () => {
    await using sink = await receiver()
    const bad = { index: 1, code: 400 }
    const later = { index: 2, code: 503 }
    const json = { 'content-type': 'application/json' }
    sink.replyWith(
      { headers: json, body: JSON.stringify({ failed: [bad, later, { index: 99 }, null] }) },
      200,
    )
    await using mill = await startMill(batched(sink.url))
    const ids = await mill.post(4)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.requests.map(idsIn)).toEqual([ids, [ids[2]]])
    const letters = await mill.storage.deadLetters.list({ limit: 9 })
    expect(letters.map(({ details }) => details)).toMatchObject([{ code: 400, attempts: 1 }])
  })

  test.each([
    ['is no JSON', { headers: { 'content-type': 'application/json' }, body: '{"failed": [' }],
    ['says something else', { headers: { 'content-type': 'application/json' }, body: '{"failed": 3}' }],
    ['has another type', { headers: { 'content-type': 'text/plain' }, body: '{"failed": [{"index": 0}]}' }],
  ])('a 2xx whose body %s has taken all', async (_, answer) => {
    await using sink = await receiver()
    sink.replyWith(answer)
    await using mill = await startMill(batched(sink.url))
    await mill.post(4)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.count).toBe(1)
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toEqual([])
  })

  test.each([400, 503])(
    'one bad event makes a %i of its batch: it is found, alone it fails',
    async (status) => {
      await using sink = await receiver()
      await using mill = await startMill(batched(sink.url, { policy: { retry: 1 } }))
      let bad = ''
      sink.replyBy((request) => (idsIn(request).includes(bad) ? status : 200))
      bad = 'e3'
      const ids = await mill.post(4)
      await eventually(async () => (await mill.unsettled()) === 0)
      const letters = await mill.storage.deadLetters.list({ limit: 9 })
      expect(letters.map(({ details }) => details)).toMatchObject([
        { code: status, attempts: status === 400 ? 1 : 2 },
      ])
      const taken = sink.requests.filter((request) => !idsIn(request).includes(bad)).flatMap(idsIn)
      expect(taken.toSorted()).toEqual(ids.filter((id) => id !== bad))
      // 400 parts at once: 4, 2+2, 1+1; a status that is retried only at its second failure
      const withBad = sink.requests
        .filter((request) => idsIn(request).includes(bad))
        .map((each) => idsIn(each).length)
      expect(withBad).toEqual(status === 400 ? [4, 2, 1] : [4, 4, 2, 2, 1, 1])
    },
  )

  test('no request is larger than 1 MiB', async () => {
    await using sink = await receiver()
    const size = { batch: { size: 100, waitMs: 50 } }
    await using mill = await startMill(batched(sink.url, { flow: size }))
    await mill.post(9, 'a', '/default/b', { padding: 'x'.repeat(300_000) })
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.requests.flatMap(idsIn)).toHaveLength(9)
    expect(Math.max(...sink.requests.map(({ body }) => body.length))).toBeLessThanOrEqual(1024 * 1024)
  })

  test('one that is too large by itself is a dead letter that says so', async () => {
    await using sink = await receiver()
    await using mill = await startMill(batched(sink.url))
    await mill.post(1, 'a', '/default/b', { padding: 'x'.repeat(1024 * 1024) })
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.count).toBe(0)
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toMatchObject([
      { details: { reason: expect.stringContaining('1048576') } },
    ])
  })

  test('a request is one of those in flight', async () => {
    await using sink = await receiver()
    sink.hold()
    await using mill = await startMill(batched(sink.url, { inFlight: 1 }))
    await mill.post(8)
    await eventually(() => expect(sink.pending).toBe(1))
    expect(mill.delivery.routeState('/default/b|Trigger|default/a|subscriber').inFlight).toBe(1)
    sink.release()
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('taken from its batches by a reload, a route goes on event by event', async () => {
    await using sink = await receiver()
    await using mill = await startMill(batched(sink.url, { flow: { batch: { size: 50, waitMs: 60_000 } } }))
    const ids = await mill.post(3)
    await mill.reload(topology([route({ name: 'a', destination: { kind: 'url', url: sink.url } })]))
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.ids.toSorted()).toEqual(ids)
  })

  test.each([
    ['its batches', (url: string) => [topology([route({ name: 'a', destination: { kind: 'url', url } })])]],
    ['the manifests', (url: string) => [topology([]), batched(url)]],
  ])('what fails while its route is taken from %s is not kept back', async (_, reloads) => {
    await using sink = await receiver()
    sink.hold()
    sink.replyWith(503, 200)
    await using mill = await startMill(batched(sink.url))
    await mill.post(4)
    await eventually(() => expect(sink.pending).toBe(1))
    const [taken, ...later] = reloads(sink.url)
    if (taken !== undefined) await mill.reload(taken)
    sink.release()
    for (const next of later) await mill.reload(next)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.count).toBeGreaterThan(1)
  })

  test('a stop is not held up by a batch that fails', async () => {
    await using sink = await receiver()
    sink.hold()
    sink.replyWith(503)
    await using mill = await startMill(batched(sink.url))
    await mill.post(4)
    await eventually(() => expect(sink.pending).toBe(1))
    const stopped = mill.delivery.stop(60_000)
    sink.release()
    await stopped
    expect(await mill.unsettled()).toBe(4)
  })
})
