import { describe, expect, test } from 'vitest'
import { bench, leased, leasesOf, routeIds, spilled, textOf } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function routeRules(harness: StorageHarness): void {
  const [idA, idB, idC] = routeIds as [string, string, string]

  describe('routes', () => {
    test('an identity keeps its number, whatever comes and goes, and a number is never given twice', async () => {
      const it = await bench(harness)
      const { routes } = it.storage
      await routes.register([idB])
      const later = await routes.register(['new', idA, idB])
      expect(later.get(idA)).toBe(it.a)
      expect(later.get(idB)).toBe(it.b)
      expect([it.a, it.b, it.c]).not.toContain(later.get('new'))
    })

    test('numbers survive the process', async () => {
      const it = await bench(harness)
      await it.reopen()
      const numbers = await it.storage.routes.register([idC, 'new', idA])
      expect([numbers.get(idC), numbers.get(idA)]).toEqual([it.c, it.a])
      expect([it.a, it.b, it.c]).not.toContain(numbers.get('new'))
    })

    test('the topology is declared whole: what is left out is an orphan since then', async () => {
      const it = await bench(harness)
      it.clock.now += 10
      await it.storage.routes.register([idA])
      const since = it.clock.now
      it.clock.now += 10
      await it.storage.routes.register([idA])
      const list = await it.storage.routes.list()
      expect(list.toSorted((x, y) => x.route - y.route)).toEqual([
        { route: it.a, id: idA, orphanedSince: undefined },
        { route: it.b, id: idB, orphanedSince: since },
        { route: it.c, id: idC, orphanedSince: since },
      ])
    })

    test("an orphan's deliveries are held, and come back with it", async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.a), spilled(it.b))
      await it.storage.routes.register([idA])
      expect(await it.claim(it.b)).toEqual([])
      expect(await it.storage.stats()).toMatchObject([
        { route: it.a, unsettled: 1 },
        { route: it.b, unsettled: 1, nextDue: undefined },
      ])
      await it.declare()
      expect(await it.waiting(it.b)).toEqual(['e'])
    })

    test('an orphan can be dropped; others have the event still, and what is out stays with its holder', async () => {
      const it = await bench(harness)
      await it.put('1', spilled(it.a), spilled(it.b))
      const [out] = leasesOf(await it.put('2', leased(it.b)))
      await it.storage.routes.register([idA])
      expect(await it.storage.routes.drop(it.b)).toBe(1)
      expect(await it.settle({ lease: out!, outcome: { kind: 'done' } })).toMatchObject({ kind: 'settled' })
      await it.declare()
      expect([await it.waiting(it.a), await it.waiting(it.b)]).toEqual([['1'], []])
    })

    test('an orphan can be redirected, with its attempts, and the other route is woken', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      const [lease] = leasesOf(await it.put('1', leased(it.a)))
      await it.settle({
        lease: lease!,
        outcome: { kind: 'retry', due: now },
        attempt: { n: 1, at: now, ms: 1 },
      })
      await it.put('2', spilled(it.a))
      const woken = new Promise((resolve) => void it.storage.subscribe({ wake: resolve }))
      await it.storage.routes.register([idB])
      expect(await it.storage.routes.redirect(it.a, it.b)).toBe(2)
      expect(await woken).toEqual([it.b])
      const moved = await it.claim(it.b)
      expect(moved.map((each) => [textOf(each), each.attempts, each.firstAttempt])).toEqual([
        ['1', 1, now],
        ['2', 0, undefined],
      ])
      await it.declare()
      expect(await it.claim(it.a)).toEqual([])
    })

    test('an event that waits for the other route already is not doubled by a redirect', async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.a), spilled(it.b))
      expect(await it.storage.routes.redirect(it.a, it.b)).toBe(1)
      expect(await it.storage.stats()).toMatchObject([{ route: it.b, unsettled: 1 }])
      expect(await it.waiting(it.b)).toEqual(['e'])
    })

    test('a redirect to itself moves nothing and loses nothing', async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.a))
      expect(await it.storage.routes.redirect(it.a, it.a)).toBe(0)
      expect(await it.waiting(it.a)).toEqual(['e'])
    })

    test('a redirect to a route that was never registered is an error of the caller', async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.a))
      await expect(it.storage.routes.redirect(it.a, 9_999)).rejects.toThrow(/not registered/)
      expect(await it.waiting(it.a)).toEqual(['e'])
    })

    test('ordered deliveries keep their order when they are redirected', async () => {
      const it = await bench(harness)
      for (const name of ['1', '2', '3']) await it.put(name, { route: it.a, lease: false, key: 'x' })
      await it.storage.routes.redirect(it.a, it.b)
      const order: string[] = []
      for (let leases = await it.claim(it.b); leases.length > 0; leases = await it.claim(it.b)) {
        order.push(...leases.map(textOf))
        await it.done(...leases)
      }
      expect(order).toEqual(['1', '2', '3'])
    })

    test('thousands are dropped and redirected as well', async () => {
      const it = await bench(harness)
      const many = Array.from({ length: 2_300 }, () => spilledEvent(it.a))
      await it.storage.append(many)
      expect(await it.storage.routes.redirect(it.a, it.b)).toBe(2_300)
      expect(await it.storage.routes.drop(it.b)).toBe(2_300)
      expect(await it.storage.stats()).toEqual([])
    })
  })
}

function spilledEvent(route: number) {
  return { owner: '/default/o', record: new Uint8Array(8), to: [spilled(route)] }
}
