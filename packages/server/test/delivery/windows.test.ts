import { eventually, receiver } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { route, startMill, topology } from './flow-fixture.ts'

const url = (target: { url: string }) => ({ kind: 'url', url: target.url }) as const

describe('windows', () => {
  test('a path that holds every request open does not keep events from another path of the same host', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.path('/a').hold()
    const routes = [
      route({ name: 'a', type: 'a', destination: url(sink.path('/a')) }),
      route({ name: 'b', type: 'b', destination: url(sink.path('/b')) }),
    ]
    await using mill = await startMill(topology(routes))
    const held = await mill.post(500, 'a')
    const passed = await mill.post(1_000, 'b')
    await sink.path('/b').received(1_000)
    expect(new Set(sink.path('/b').ids)).toEqual(new Set(passed))
    expect(sink.path('/a').pending).toBe(100)
    sink.path('/a').release()
    await sink.path('/a').received(500)
    expect(new Set(sink.path('/a').ids)).toEqual(new Set(held))
  })

  test('what spilled goes out before what came later', async () => {
    await using sink = await receiver()
    sink.hold()
    const one = route({ name: 'a', destination: url(sink), inFlight: 1 })
    await using mill = await startMill(topology([one]))
    const ids = await mill.post(20)
    sink.release()
    await sink.received(20)
    expect(sink.ids).toEqual(ids)
    const more = await mill.post(5)
    await sink.received(25)
    expect(sink.ids).toEqual([...ids, ...more])
  })

  test('the global cap holds, and a route with nothing under way gets the next free slot', async () => {
    await using sink = await receiver()
    sink.hold()
    const routes = [
      route({ name: 'a', type: 'a', destination: url(sink.path('/a')) }),
      route({ name: 'b', type: 'b', destination: url(sink.path('/b')) }),
    ]
    await using mill = await startMill(topology(routes), { maxInFlight: 4 })
    await mill.post(10, 'a')
    await sink.received(4)
    await mill.post(1, 'b')
    expect(sink.path('/b').count).toBe(0)
    sink.release()
    await sink.received(11)
    expect(sink.path('/a').count).toBe(10)
    expect(sink.path('/b').count).toBe(1)
  })

  test('a thousand stuck routes leave a way through for another', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.path('/stuck').hold()
    const stuck = Array.from({ length: 50 }, (_, index) =>
      route({ name: `stuck-${index}`, type: 'a', destination: url(sink.path('/stuck')) }),
    )
    const good = route({ name: 'good', type: 'b', destination: url(sink.path('/good')) })
    await using mill = await startMill(topology([...stuck, good]), { maxInFlight: 160 })
    await mill.post(20, 'a')
    await mill.post(200, 'b')
    await sink.path('/good').received(200)
    expect(sink.path('/stuck').pending).toBeLessThanOrEqual(150)
    sink.path('/stuck').release()
    await sink.path('/stuck').received(1_000)
  })

  test('a subscriber that does not resolve keeps its deliveries until it does', async () => {
    await using sink = await receiver()
    await using mill = await startMill(topology([route({ name: 'a' })]))
    const ids = await mill.post(3)
    expect(await mill.unsettled()).toBe(3)
    await mill.reload(topology([route({ name: 'a', destination: url(sink) })]))
    await sink.received(3)
    expect(sink.ids).toEqual(ids)
  })

  test('a removed route keeps what waits for it as an orphan, which goes out when the route comes back', async () => {
    await using sink = await receiver()
    sink.hold()
    const a = route({ name: 'a', destination: url(sink), inFlight: 1 })
    await using mill = await startMill(topology([a]))
    const ids = await mill.post(5)
    await sink.received(1)
    await mill.reload(topology([]))
    sink.release()
    await eventually(async () => (await mill.unsettled()) === 4)
    await mill.reload(topology([a]))
    await sink.received(5)
    expect(new Set(sink.ids)).toEqual(new Set(ids))
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('another subscriber URL holds from the next attempt on', async () => {
    await using sink = await receiver()
    sink.path('/old').replyWith(503)
    const a = route({
      name: 'a',
      destination: url(sink.path('/old')),
      policy: { retry: 50, backoffDelayMs: 5, backoffMaxMs: 5 },
    })
    await using mill = await startMill(topology([a]))
    await mill.post(1)
    await sink.path('/old').received(1)
    await mill.reload(topology([{ ...a, destination: url(sink.path('/new')) }]))
    await sink.path('/new').received(1)
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('a record that cannot be read is set aside raw, and the rest is delivered', async () => {
    await using sink = await receiver()
    await using mill = await startMill(topology([route({ name: 'a' })]))
    const number = mill.flow.current.numberOf('/default/b|Trigger|default/a|subscriber')
    const raw = new Uint8Array([9, 9, 9, 9, 9, 9])
    await mill.storage.append([
      { owner: '/default/b', record: raw.slice(), to: [{ route: number, lease: false }] },
    ])
    const ids = await mill.post(2)
    await mill.reload(topology([route({ name: 'a', destination: url(sink) })]))
    await sink.received(2)
    expect(sink.ids).toEqual(ids)
    const [letter] = await eventually(async () => {
      const letters = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letters).toHaveLength(1)
      return letters
    })
    expect([...(letter?.record ?? [])]).toEqual([...raw])
    expect(letter?.details.reason).toContain('version 9')
  })
})
