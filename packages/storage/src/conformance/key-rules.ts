import { describe, expect, test } from 'vitest'
import { bench, leasesOf, textOf } from './bench.ts'
import type { StorageHarness } from './harness.ts'

/** Ordered routes. */
export function keyRules(harness: StorageHarness): void {
  describe('ordered deliveries', () => {
    test('are never leased by the append', async () => {
      const it = await bench(harness)
      expect(leasesOf(await it.put('1', { route: it.a, lease: true, key: 'k' }))).toEqual([])
      expect((await it.claim(it.a)).map(textOf)).toEqual(['1'])
    })

    test('of one key one is out at a time, in the order of appends', async () => {
      const it = await bench(harness)
      for (const name of ['x1', 'x2', 'y1', 'x3', 'y2'])
        await it.put(name, { route: it.a, lease: false, key: name[0]! })
      const order: string[] = []
      for (let leases = await it.claim(it.a); leases.length > 0; leases = await it.claim(it.a)) {
        expect(new Set(leases.map(({ key }) => key)).size).toBe(leases.length)
        order.push(...leases.map(textOf))
        await it.done(...leases)
      }
      expect(order.filter((name) => name.startsWith('x'))).toEqual(['x1', 'x2', 'x3'])
      expect(order.filter((name) => name.startsWith('y'))).toEqual(['y1', 'y2'])
    })

    test('a retry blocks its key only, until it is done', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      for (const name of ['x1', 'x2', 'y1']) await it.put(name, { route: it.a, lease: false, key: name[0]! })
      const [x1] = await it.claim(it.a, 1)
      await it.settle({
        lease: x1!,
        outcome: { kind: 'retry', due: now + 50 },
        attempt: { n: 1, at: now, ms: 1 },
      })
      expect((await it.claim(it.a)).map(textOf)).toEqual(['y1'])
      expect(await it.nextDue(it.a)).toBe(now + 50)
      it.clock.now += 50
      const again = await it.claim(it.a)
      expect(again.map(textOf)).toEqual(['x1'])
      await it.done(...again)
      expect((await it.claim(it.a)).map(textOf)).toEqual(['x2'])
    })

    test('a released one is still before those behind it', async () => {
      const it = await bench(harness)
      for (const name of ['x1', 'x2']) await it.put(name, { route: it.a, lease: false, key: 'x' })
      await it.storage.release(await it.claim(it.a))
      expect((await it.claim(it.a)).map(textOf)).toEqual(['x1'])
    })

    test('the same key on two routes is two orders', async () => {
      const it = await bench(harness)
      await it.put('1', { route: it.a, lease: false, key: 'x' }, { route: it.b, lease: false, key: 'x' })
      expect((await it.claim(it.a)).map(textOf)).toEqual(['1'])
      expect((await it.claim(it.b)).map(textOf)).toEqual(['1'])
    })

    test('the one behind keeps its own due time', async () => {
      const it = await bench(harness)
      const due = it.clock.now + 500
      await it.put('x1', { route: it.a, lease: false, key: 'x' })
      await it.put('x2', { route: it.a, lease: false, key: 'x', due })
      const leases = await it.claim(it.a)
      expect(await it.nextDue(it.a)).toBeUndefined()
      await it.done(...leases)
      expect(await it.claim(it.a)).toEqual([])
      expect(await it.nextDue(it.a)).toBe(due)
    })

    test('when the next of a key has its turn its route is woken, and only then', async () => {
      const it = await bench(harness)
      for (const name of ['x1', 'x2', 'y1']) await it.put(name, { route: it.a, lease: false, key: name[0]! })
      const woken: unknown[] = []
      const said = Promise.withResolvers<void>()
      it.storage.subscribe({
        wake: (routes) => {
          woken.push(routes)
          said.resolve()
        },
      })
      const [x1, y1] = await it.claim(it.a)
      await it.done(y1!)
      await it.storage.stats()
      expect(woken).toEqual([])
      await it.done(x1!)
      await said.promise
      expect(woken).toEqual([[it.a]])
    })

    test('the order survives a crash', async () => {
      const it = await bench(harness)
      for (const name of ['x1', 'x2', 'x3']) await it.put(name, { route: it.a, lease: false, key: 'x' })
      await it.done(...(await it.claim(it.a)))
      await it.claim(it.a)
      await it.crash()
      await it.declare()
      expect((await it.claim(it.a)).map(textOf)).toEqual(['x2'])
    })

    test('when what waits is dropped, what is out keeps its turn and what comes then waits for it', async () => {
      const it = await bench(harness)
      for (const name of ['x1', 'x2', 'x3']) await it.put(name, { route: it.a, lease: false, key: 'x' })
      const out = await it.claim(it.a)
      expect(await it.storage.routes.drop(it.a)).toBe(2)
      await it.put('x4', { route: it.a, lease: false, key: 'x' })
      expect(await it.claim(it.a)).toEqual([])
      await it.done(...out)
      expect((await it.claim(it.a)).map(textOf)).toEqual(['x4'])
    })
  })
}
