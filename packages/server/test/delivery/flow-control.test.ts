import { eventually, receiver, type ReceivedRequest } from '@millrace/testkit'
import type { FlowControl } from '@millrace/core'
import { memoryStorage } from '@millrace/storage'
import { describe, expect, test } from 'vitest'
import { LiveTopology } from '../../src/flow.ts'
import { route, startMill, topology, type RouteParts } from './flow-fixture.ts'

const id = '/default/b|Trigger|default/a|subscriber'

function controlled(url: string, flow: FlowControl, parts: Partial<RouteParts> = {}) {
  return topology([route({ name: 'a', destination: { kind: 'url', url }, flow, ...parts })])
}

function keyed(key: string) {
  return ['a', '/default/b', { partitionkey: key }] as const
}

function keyOf({ headers }: ReceivedRequest): string {
  return String(headers['ce-partitionkey'])
}

describe('an ordered route', () => {
  test('of one key one is out at a time, in order; other keys go on, and what has no key is not ordered', async () => {
    await using sink = await receiver()
    sink.hold()
    await using mill = await startMill(controlled(sink.url, { orderedBy: ['partitionkey'] }))
    const [x1] = await mill.post(1, ...keyed('x'))
    const [x2] = await mill.post(1, ...keyed('x'))
    const [y1] = await mill.post(1, ...keyed('y'))
    const [free1, free2] = await mill.post(2)
    await eventually(() => expect(sink.pending).toBe(4))
    expect(sink.ids.toSorted()).toEqual([x1, y1, free1, free2].toSorted())
    sink.release()
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.ids.indexOf(x2!)).toBeGreaterThan(sink.ids.indexOf(x1!))
  })

  test('a retry holds its key only', async () => {
    await using sink = await receiver()
    let failures = 3
    sink.replyBy((request) => (keyOf(request) === 'x' && failures-- > 0 ? 503 : 200))
    await using mill = await startMill(controlled(sink.url, { orderedBy: ['partitionkey'] }))
    const xs = [...(await mill.post(1, ...keyed('x'))), ...(await mill.post(1, ...keyed('x')))]
    await mill.post(5, ...keyed('y'))
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.taken.filter((each) => xs.includes(each))).toEqual(xs)
    expect(
      sink.requests.filter((request) => keyOf(request) === 'x').map(({ headers }) => headers['ce-id']),
    ).toEqual([xs[0], xs[0], xs[0], xs[0], xs[1]])
  })

  test('what failed for good is a dead letter, and its key goes on', async () => {
    await using sink = await receiver()
    sink.replyWith(400, 200)
    await using mill = await startMill(controlled(sink.url, { orderedBy: ['partitionkey'] }, { inFlight: 1 }))
    await mill.post(1, ...keyed('x'))
    const [x2] = await mill.post(1, ...keyed('x'))
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.taken).toEqual([x2])
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toHaveLength(1)
  })

  test('parked, it stays at the head of its key and holds it; what has no key is not parked', async () => {
    await using sink = await receiver()
    sink.replyBy((request) => (keyOf(request) === 'y' ? 200 : 400))
    const flow = { orderedBy: ['partitionkey'], park: true }
    await using mill = await startMill(controlled(sink.url, flow))
    const [x1] = await mill.post(1, ...keyed('x'))
    await mill.post(1, ...keyed('x'))
    const ys = await mill.post(2, ...keyed('y'))
    await mill.post(1)
    await eventually(async () => expect(await mill.unsettled()).toBe(2))
    expect(sink.taken.toSorted()).toEqual(ys.toSorted())
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toHaveLength(1)
    const [parked] = await mill.storage.parked.list({ limit: 9 })
    expect(parked).toMatchObject({ key: 'x', waiting: 2, details: { code: 400, attempts: 1, type: 'a' } })
    expect(sink.ids.filter((each) => each === x1)).toHaveLength(1)
    sink.replyBy(() => 200)
    await mill.storage.parked.release(parked!.route, 'x')
    await eventually(async () => (await mill.unsettled()) === 0)
  })
})

describe('an ordered route to another addressable', () => {
  test('what its TTL keeps back is parked, as what a subscriber does not take', async () => {
    const flow = { orderedBy: ['partitionkey'], park: true }
    const destination = { kind: 'addressable', path: '/default/b2' } as const
    const loop = topology([route({ name: 'a', destination, flow })], ['/default/b', '/default/b2'])
    await using mill = await startMill(loop)
    const spent = { partitionkey: 'x', knativebrokerttl: 1 }
    await mill.post(1, 'a', '/default/b', spent)
    await mill.post(1, ...keyed('x'))
    await eventually(async () => {
      const [parked] = await mill.storage.parked.list({ limit: 9 })
      expect(parked).toMatchObject({ key: 'x', waiting: 2, details: { attempts: 1 } })
      expect(parked?.details.reason).toContain('knativebrokerttl is spent')
    })
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toEqual([])
    const [head] = await mill.storage.parked.list({ limit: 9 })
    expect(await mill.delivery.skip(head!)).toBe(true)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toHaveLength(1)
  })
})

test('what is accepted in the same turn as a reload finds the new routes', async () => {
  await using sink = await receiver()
  await using mill = await startMill(topology([]))
  const next = topology([route({ name: 'new', destination: { kind: 'url', url: sink.url } })])
  const live = new LiveTopology(next, await mill.storage.routes.register([...next.routes.keys()]))
  mill.flow.swap(live)
  const applied = mill.delivery.apply(live)
  const ids = await mill.post(1)
  await applied
  await sink.received(1)
  expect(sink.ids).toEqual(ids)
})

test('processes that share a store share a rate', async () => {
  await using sink = await receiver()
  const storage = memoryStorage()
  const [self] = await storage.members()
  const two = Object.assign(storage, { members: async () => [self!, { ...self!, id: 'another' }] })
  const rate = { count: 200, perMs: 1_000, burst: 2 }
  await using mill = await startMill(controlled(sink.url, { rate }), { storage: two })
  await mill.post(40)
  await eventually(async () => (await mill.unsettled()) === 0)
  const at = sink.requests.map((request) => request.at).toSorted((a, b) => a - b)
  expect(at.at(-1)! - at[0]!).toBeGreaterThanOrEqual((39 * 1_000) / 100 - 50)
})

describe('a schedule', () => {
  test('nothing is delivered before its delay, and retries are not delayed by it', async () => {
    await using sink = await receiver()
    sink.replyWith(503, 200)
    await using mill = await startMill(controlled(sink.url, { delayMs: 150 }))
    const before = Date.now()
    await mill.post(1)
    await sink.received(1)
    expect(sink.requests[0]!.at).toBeGreaterThanOrEqual(before + 150)
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test("an event's own time holds, one in the past is at once, and others are not held up", async () => {
    await using sink = await receiver()
    await using mill = await startMill(controlled(sink.url, { dueFrom: 'notbefore' }))
    const at = Date.now() + 300
    const [later] = await mill.post(1, 'a', '/default/b', { notbefore: new Date(at).toISOString() })
    const [past] = await mill.post(1, 'a', '/default/b', { notbefore: '2020-01-01T00:00:00Z' })
    const [none] = await mill.post(1)
    await sink.received(3)
    expect(sink.ids.at(-1)).toBe(later)
    expect(new Set(sink.ids.slice(0, 2))).toEqual(new Set([past, none]))
    expect(sink.requests.at(-1)!.at).toBeGreaterThanOrEqual(at)
  })

  test('what waits for its time is listed, and cancelled it never goes', async () => {
    await using sink = await receiver()
    await using mill = await startMill(controlled(sink.url, { delayMs: 60_000 }))
    await mill.post(2)
    const { items } = await mill.storage.deliveries.list({ limit: 9 })
    expect(items).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }])
    await mill.storage.deliveries.cancel(items.map((each) => each.id))
    expect([await mill.unsettled(), sink.count]).toEqual([0, 0])
  })
})

describe('a rate', () => {
  test('in no stretch of time do more attempts begin than burst and rate give, retries too', async () => {
    await using sink = await receiver()
    sink.replyWith(503, 503, 503, 200)
    const rate = { count: 200, perMs: 1_000, burst: 5 }
    await using mill = await startMill(controlled(sink.url, { rate }))
    await mill.post(60)
    await eventually(async () => (await mill.unsettled()) === 0)
    const at = sink.requests.map((request) => request.at).toSorted((a, b) => a - b)
    expect(at).toHaveLength(63)
    // what begins evenly may arrive a little together; all of it takes its time
    expect(at.at(-1)! - at[0]!).toBeGreaterThanOrEqual(((63 - 5) * 1_000) / 200 - 50)
  })

  test('a slow rate goes on over a restart where it was', async () => {
    await using sink = await receiver()
    const storage = memoryStorage()
    // the next life has the same store
    const kept = Object.assign(Object.create(storage) as typeof storage, { close: async () => undefined })
    const live = controlled(sink.url, { rate: { count: 2, perMs: 60_000, burst: 2 } })
    const first = await startMill(live, { storage: kept })
    await first.post(1)
    await sink.received(1)
    await first[Symbol.asyncDispose]()
    await using second = await startMill(live, { storage })
    await second.post(2)
    await sink.received(2)
    await eventually(async () => expect(await second.unsettled()).toBe(1))
    expect(sink.count).toBe(2)
  })

  test('one route that waits for its rate holds no other up', async () => {
    await using sink = await receiver()
    const routes = [
      route({
        name: 'slow',
        type: 'a',
        destination: { kind: 'url', url: sink.path('/slow').url },
        flow: { rate: { count: 1, perMs: 3_600_000, burst: 1 } },
      }),
      route({ name: 'fast', type: 'a', destination: { kind: 'url', url: sink.path('/fast').url } }),
    ]
    await using mill = await startMill(topology(routes), { maxInFlight: 16 })
    await mill.post(100)
    await sink.path('/fast').received(100)
    expect(sink.path('/slow').count).toBeLessThanOrEqual(1)
  })
})

describe('what waits for its turn', () => {
  test.each<[string, FlowControl, number]>([
    ['a rate', { rate: { count: 1, perMs: 3_600_000, burst: 1 } }, 100],
    ['a slot', { orderedBy: ['partitionkey'] }, 1],
    ['a batch', { batch: { size: 100, waitMs: 60_000 } }, 100],
  ])('for %s is not in flight, and is cancelled', async (_, flow, inFlight) => {
    await using sink = await receiver()
    sink.hold()
    await using mill = await startMill(controlled(sink.url, flow, { inFlight }))
    const removed: object[] = []
    mill.channels.deliveriesRemoved.subscribe(({ result, count }) => removed.push({ result, count }))
    const events = new Map<string, string>()
    for (const event of await mill.post(4))
      for (const each of (await mill.storage.deliveries.list({ eventId: event, limit: 9 })).items)
        events.set(each.id, event)
    const idle = (): string[] => mill.delivery.idle([...events.keys()])
    await eventually(() => expect(idle().length).toBeGreaterThan(0))
    const held = idle()
    expect((await mill.delivery.cancel([...events.keys()])).toSorted()).toEqual(held.toSorted())
    expect(removed).toEqual([{ result: 'cancelled', count: held.length }])
    await mill.storage.deliveries.cancel([...events.keys()])
    sink.release()
    await eventually(async () => {
      await mill.delivery.cancel([...events.keys()])
      expect(await mill.unsettled()).toBe(0)
    })
    expect(sink.ids).not.toEqual(expect.arrayContaining([events.get(held[0]!)]))
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toEqual([])
  })

  test('a batch that is to be sent again goes without what was cancelled of it', async () => {
    await using sink = await receiver()
    sink.replyWith({ status: 503, headers: { 'retry-after': '1' } }, 200)
    const flow = { batch: { size: 4, waitMs: 10 } }
    await using mill = await startMill(controlled(sink.url, flow))
    const [gone, ...rest] = await mill.post(4)
    await sink.received(1)
    const { items } = await mill.storage.deliveries.list({ eventId: gone!, limit: 9 })
    const ids = items.map((each) => each.id)
    await eventually(() => expect(mill.delivery.idle(ids)).toEqual(ids))
    expect(await mill.delivery.cancel(ids)).toEqual(ids)
    await eventually(async () => (await mill.unsettled()) === 0)
    const sent = JSON.parse(sink.requests.at(-1)!.body.toString()) as { id: string }[]
    expect(sent.map(({ id: each }) => each)).toEqual(rest)
  })
})

describe('a circuit', () => {
  test('opens after a run of failures, spends nothing while it is open, and closes on success', async () => {
    await using sink = await receiver()
    sink.replyWith(503)
    const flow = { circuit: { failures: 3, probeMs: 20 } }
    await using mill = await startMill(controlled(sink.url, flow, { inFlight: 1, policy: { retry: 3 } }))
    await mill.post(2)
    await sink.received(12)
    expect(mill.delivery.routeState(id)).toMatchObject({ circuit: 'open', lastError: { code: 503 } })
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toEqual([])
    sink.replyWith(200)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(mill.delivery.routeState(id).circuit).toBe('closed')
    expect(sink.taken).toHaveLength(2)
  })

  test.each([500, 503])('an event that is always answered %i does not keep it open', async (status) => {
    await using sink = await receiver()
    let isDown = true
    let bad = ''
    sink.replyBy(({ headers }) => (isDown ? 503 : headers['ce-id'] === bad ? status : 200))
    const flow = { circuit: { failures: 2, probeMs: 20 } }
    const retry = { retry: 2 }
    await using mill = await startMill(controlled(sink.url, flow, { inFlight: 1, policy: retry }))
    ;[bad = ''] = await mill.post(1)
    await mill.post(5)
    await eventually(() => expect(mill.delivery.routeState(id).circuit).toBe('open'))
    isDown = false
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(mill.delivery.routeState(id).circuit).toBe('closed')
    const letters = await mill.storage.deadLetters.list({ limit: 9 })
    expect(letters.map(({ details }) => details)).toMatchObject([{ code: status, attempts: 3 }])
    expect(sink.taken).toHaveLength(5)
  })

  test('a probe that is refused for good ends its event alone; the next success opens all', async () => {
    await using sink = await receiver()
    const flow = { circuit: { failures: 1, probeMs: 20 } }
    sink.replyWith(503, 400, 400, 200)
    await using mill = await startMill(controlled(sink.url, flow, { inFlight: 1 }))
    const states: (string | undefined)[] = []
    mill.channels.deliveryAttempted.subscribe(() => states.push(mill.delivery.routeState(id).circuit))
    await mill.post(4)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(states).toEqual(['open', 'open', 'open', 'closed', 'closed'])
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toHaveLength(2)
    expect(sink.taken).toHaveLength(2)
  })

  test('batches: a bad one does not keep it open, and is found when it is closed', async () => {
    await using sink = await receiver()
    let isDown = true
    let bad = 'none'
    sink.replyBy(({ body }) => (isDown ? 503 : body.includes(`"${bad}"`) ? 500 : 200))
    const flow = { circuit: { failures: 1, probeMs: 20 }, batch: { size: 2, waitMs: 1 } }
    await using mill = await startMill(controlled(sink.url, flow, { policy: { retry: 0 } }))
    ;[bad = ''] = await mill.post(6)
    await eventually(() => expect(mill.delivery.routeState(id).circuit).toBe('open'))
    isDown = false
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(mill.delivery.routeState(id).circuit).toBe('closed')
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toMatchObject([
      { details: { code: 500, attempts: 1 } },
    ])
  })

  test('a stop is not held up by a probe that fails', async () => {
    await using sink = await receiver()
    sink.replyWith(503)
    const flow = { circuit: { failures: 1, probeMs: 20 } }
    await using mill = await startMill(controlled(sink.url, flow))
    await mill.post(1)
    await eventually(() => expect(mill.delivery.routeState(id).circuit).toBe('open'))
    sink.hold()
    await eventually(() => expect(sink.pending).toBe(1))
    const stopped = mill.delivery.stop(60_000)
    sink.release()
    await stopped
    expect(await mill.unsettled()).toBe(1)
  })

  test('a subscriber that answers is there: 500 opens nothing', async () => {
    await using sink = await receiver()
    sink.replyWith(500)
    const flow = { circuit: { failures: 1, probeMs: 60_000 } }
    await using mill = await startMill(controlled(sink.url, flow))
    await mill.post(3)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(mill.delivery.routeState(id).circuit).toBe('closed')
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toHaveLength(3)
  })
})

test('an addressable that deduplicates stores the same source and id once, in its time', async () => {
  await using sink = await receiver()
  const plain = topology([route({ name: 'a', type: 'a', destination: { kind: 'url', url: sink.url } })])
  const [broker] = [...plain.addressables.values()]
  const deduped = { ...broker!, dedupeMs: 1_000 }
  const clock = { now: Date.now() }
  const storage = memoryStorage({ now: () => clock.now })
  await using mill = await startMill(
    { ...plain, addressables: new Map([[deduped.path, deduped]]) },
    { storage },
  )
  const send = (event: string, type: string, source = '/s') =>
    mill.accept(deduped, [
      {
        event: {
          attributes: { specversion: '1.0', id: event, source, type },
          data: undefined,
          dataForm: 'binary',
        },
        headers: {},
        acceptedAt: clock.now,
      },
    ])
  const kinds = async (...sent: ReturnType<typeof send>[]) =>
    (await Promise.all(sent)).map(({ kind }) => kind)
  expect(await kinds(send('1', 'a'), send('1', 'a', '/other'), send('2', 'nobody'))).toEqual([
    'accepted',
    'accepted',
    'accepted',
  ])
  expect(await kinds(send('1', 'a'), send('2', 'nobody'))).toEqual(['duplicate', 'duplicate'])
  clock.now += 1_000
  expect(await kinds(send('1', 'a'))).toEqual(['accepted'])
  await sink.received(3)
  await eventually(async () => (await mill.unsettled()) === 0)
  expect(sink.count).toBe(3)
})
