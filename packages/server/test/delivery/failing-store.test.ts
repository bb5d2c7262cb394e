import { memoryStorage, type Storage } from '@millrace/storage'
import { eventually, receiver } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { route, startMill, topology, type Mill } from './flow-fixture.ts'

const url = (target: { url: string }) => ({ kind: 'url', url: target.url }) as const
const refusal = () => Promise.reject(new Error('the store cannot do this'))

/** A store of which some operations go other ways. */
function storeWith(change: (storage: Storage) => Partial<Storage>): Storage {
  const storage = memoryStorage()
  return { ...storage, ...change(storage) }
}

describe('a store that fails', () => {
  test('a claim that was rejected is made again, and the other routes of the call are not kept waiting', async () => {
    await using sink = await receiver()
    let bad = -1
    const storage = storeWith((store) => ({
      claim: (requests) => (requests.some((one) => one.route === bad) ? refusal() : store.claim(requests)),
    }))
    const names = ['a', 'b', 'c']
    await using mill = await startMill(topology(names.map((name) => route({ name, type: name }))), {
      storage,
    })
    bad = mill.flow.current.numberOf('/default/b|Trigger|default/a|subscriber')
    for (const name of names) await mill.post(3, name)
    const resolved = names.map((name) => route({ name, type: name, destination: url(sink.path(`/${name}`)) }))
    await mill.reload(topology(resolved))
    await sink.path('/b').received(3)
    await sink.path('/c').received(3)
    expect(mill.delivery.stuck).toBeUndefined()
    expect(mill.errors).toEqual(['claims of a route fail'])
    bad = -1
    await mill.post(1, 'a')
    await sink.path('/a').received(4)
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('what is announced while a claim is under way is not forgotten', async () => {
    await using sink = await receiver()
    const answered = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const storage = storeWith((store) => ({
      async claim(requests) {
        const results = await store.claim(requests)
        asked.resolve()
        await answered.promise
        return results
      },
    }))
    const a = route({ name: 'a' })
    await using mill = await startMill(topology([a]), { storage })
    await mill.post(1)
    await mill.reload(topology([{ ...a, destination: url(sink) }]))
    await asked.promise
    await mill.post(1)
    answered.resolve()
    await sink.received(2)
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('an outcome that the store cannot take gives its room back, and the delivery is due again', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    const storage = storeWith((store) => ({
      settle: (items) =>
        items.some(({ deadLetters }) => deadLetters?.length) ? refusal() : store.settle(items),
    }))
    const a = route({ name: 'a', destination: url(sink), inFlight: 1 })
    await using mill = await startMill(topology([a]), { storage })
    const ids = await mill.post(5)
    await sink.received(5)
    expect(new Set(sink.ids)).toEqual(new Set(ids))
    await eventually(() => mill.delivery.windows.budget.used === 0)
    const [stats] = await storage.stats()
    expect(stats?.unsettled).toBe(5)
    expect(stats?.nextDue).toBeGreaterThan(Date.now() + 50_000)
  })

  test('an append that was rejected gives its room back', async () => {
    await using sink = await receiver()
    let fails = true
    const storage = storeWith((store) => ({
      append: (items) => (fails ? refusal() : store.append(items)),
    }))
    const a = route({ name: 'a', destination: url(sink), inFlight: 1 })
    await using mill = await startMill(topology([a]), { storage })
    for (let n = 0; n < 3; n += 1) await expect(mill.post(1)).rejects.toThrow('cannot do this')
    expect(mill.delivery.windows.budget.used).toBe(0)
    fails = false
    await mill.post(3)
    await sink.received(3)
  })

  test('appends that are refused do not keep a retry from being claimed when it is due', async () => {
    await using sink = await receiver()
    sink.replyWith(503)
    const refused = Promise.withResolvers<void>()
    let full = false
    const storage = storeWith((store) => ({
      async append(items) {
        if (!full) return store.append(items)
        await refused.promise
        return items.map(() => ({ kind: 'refused', reason: 'full', detail: 'full', retryAfterMs: 1 }))
      },
    }))
    const a = route({ name: 'a', destination: url(sink), inFlight: 1, policy: { backoffDelayMs: 50 } })
    await using mill = await startMill(topology([a]), { storage })
    await mill.post(1)
    await eventually(async () => (await storage.stats())[0]?.nextDue !== undefined)
    full = true
    const posts = Promise.allSettled([mill.post(1), mill.post(1)])
    await eventually(async () => ((await storage.stats())[0]?.nextDue ?? Infinity) < Date.now() - 20)
    sink.replyWith(200)
    refused.resolve()
    await posts
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('a route that comes back gets what waits for it where the store cannot say what waits', async () => {
    await using sink = await receiver()
    let fails = false
    const storage = storeWith((store) => ({ stats: () => (fails ? refusal() : store.stats()) }))
    const a = route({ name: 'a' })
    await using mill = await startMill(topology([a]), { storage })
    const ids = await mill.post(3)
    await mill.reload(topology([]))
    fails = true
    await mill.reload(topology([{ ...a, destination: url(sink) }]))
    await sink.received(3)
    expect(sink.ids).toEqual(ids)
    fails = false
  })

  test('the end does not wait for a store that takes nothing back', async () => {
    await using sink = await receiver()
    sink.hold()
    const a = route({ name: 'a', destination: url(sink) })
    for (const [round, release] of [refusal, () => new Promise<never>(() => undefined)].entries()) {
      await using mill = await startMill(topology([a]), { storage: storeWith(() => ({ release })) })
      await mill.post(5)
      await sink.received(5 * (round + 1))
      await mill.delivery.stop(20)
      expect(mill.delivery.routeState(a.id).inFlight).toBe(0)
    }
    sink.release()
  })

  test('an event for an addressable that left the topology meanwhile is not accepted', async () => {
    const a = route({ name: 'a' })
    await using mill = await startMill(topology([a]))
    const addressable = mill.flow.current.topology.addressables.get('/default/b')
    if (addressable === undefined) throw new Error('it is there')
    await mill.reload(topology([], ['/default/other']))
    const event = { attributes: { type: 'a' }, data: undefined, dataForm: 'binary' } as const
    const result = await mill.accept(addressable, [{ event, headers: {}, acceptedAt: 0 }])
    expect(result.kind).toBe('refused')
  })
})

describe('the budget of leased events', () => {
  const names = Array.from({ length: 100 }, (_, n) => `r${n}`)
  const data = new Uint8Array(256 * 1024)

  async function acceptAll(mill: Mill, types: readonly string[]): Promise<void> {
    const addressable = mill.flow.current.topology.addressables.get('/default/b')
    if (addressable === undefined) throw new Error('it is there')
    for (const type of types) {
      const attributes = { specversion: '1.0', id: '1', source: '/s', type, knativebrokerttl: 255 }
      const event = { attributes, data, dataForm: 'binary' } as const
      await mill.accept(addressable, [{ event, headers: {}, acceptedAt: Date.now() }])
    }
  }

  test('routes that claim together share it', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using mill = await startMill(topology(names.map((name) => route({ name, type: name }))))
    await acceptAll(mill, [...names, ...names, ...names])
    const resolved = names.map((name) => route({ name, type: name, destination: url(sink) }))
    await mill.reload(topology(resolved))
    await eventually(() => mill.delivery.windows.budget.used > 32 * 1024 * 1024)
    await eventually(() => names.every((name) => held(mill, name) > 0))
    expect(mill.delivery.windows.budget.used).toBeLessThan(128 * 1024 * 1024)
    sink.release()
    await eventually(async () => (await mill.unsettled()) === 0, { timeoutMs: 20_000 })
  }, 30_000)

  test('an event that several of them claim together takes of it once', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    await using mill = await startMill(topology(names.map((name) => route({ name }))))
    await acceptAll(
      mill,
      Array.from({ length: 20 }, () => 'a'),
    )
    await mill.reload(topology(names.map((name) => route({ name, destination: url(sink) }))))
    await eventually(() => names.every((name) => held(mill, name) === 20))
    // 20 events of 256 KiB in a few calls, not a hundred times
    expect(mill.delivery.windows.budget.used).toBeLessThan(32 * 1024 * 1024)
    sink.release()
    await eventually(async () => (await mill.unsettled()) === 0, { timeoutMs: 20_000 })
  }, 30_000)
})

function held(mill: Mill, name: string): number {
  return mill.delivery.windows.queue(`/default/b|Trigger|default/${name}|subscriber`)?.held ?? 0
}
