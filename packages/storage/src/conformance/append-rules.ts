import { describe, expect, test } from 'vitest'
import { bench, event, leased, leasesOf, owner, spilled } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function appendRules(harness: StorageHarness): void {
  describe('append', () => {
    test('an event is stored once for each of its routes', async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.a), spilled(it.b))
      expect([await it.waiting(it.a), await it.waiting(it.b), await it.waiting(it.c)]).toEqual([
        ['e'],
        ['e'],
        [],
      ])
    })

    test('targets for which the caller has room are leased in the append, the others wait', async () => {
      const it = await bench(harness)
      const leases = leasesOf(await it.put('e', leased(it.a), spilled(it.b)))
      expect(leases).toMatchObject([
        {
          route: it.a,
          attempts: 0,
          firstAttempt: undefined,
          interruptions: 0,
          key: undefined,
          record: undefined,
        },
      ])
      expect(await it.waiting(it.a)).toEqual([])
      expect(await it.waiting(it.b)).toEqual(['e'])
    })

    test('a delivery that is due later is not leased, however much room there is', async () => {
      const it = await bench(harness)
      const due = it.clock.now + 1_000
      expect(leasesOf(await it.put('e', { route: it.a, lease: true, due }))).toEqual([])
      expect(await it.waiting(it.a)).toEqual([])
      expect(await it.nextDue(it.a)).toBe(due)
      it.clock.now = due
      expect(await it.waiting(it.a)).toEqual(['e'])
    })

    test('an event without routes and archive is answered stored, and takes no room', async () => {
      const it = await bench(harness)
      expect(await it.put('e')).toEqual({ kind: 'stored', leases: [] })
      expect(await it.storage.stats()).toEqual([])
    })

    test('the same dedupe key is a duplicate within its time, and nothing is stored', async () => {
      const it = await bench(harness)
      const item = (text: string) => ({ ...event(text, spilled(it.a)), dedupe: { key: 'k', keepMs: 1_000 } })
      expect(await it.append(item('1'))).toMatchObject([{ kind: 'stored' }])
      it.clock.now += 999
      expect(await it.append(item('2'))).toEqual([{ kind: 'duplicate' }])
      expect(await it.waiting(it.a)).toEqual(['1'])
    })

    test('the time of a dedupe key runs from the first event, and then it is free', async () => {
      const it = await bench(harness)
      const item = (text: string) => ({ ...event(text, spilled(it.a)), dedupe: { key: 'k', keepMs: 1_000 } })
      await it.append(item('1'))
      it.clock.now += 600
      await it.append(item('2'))
      it.clock.now += 400
      expect(await it.append(item('3'))).toMatchObject([{ kind: 'stored' }])
      expect(await it.waiting(it.a)).toEqual(['1', '3'])
    })

    test('a duplicate among others does not keep them from being stored', async () => {
      const it = await bench(harness)
      const keyed = { ...event('same', spilled(it.a)), dedupe: { key: 'k', keepMs: 1_000 } }
      const copy = { ...event('same', spilled(it.a)), dedupe: { key: 'k', keepMs: 1_000 } }
      const results = await it.append(keyed, copy, event('other', spilled(it.a)))
      expect(results.map(({ kind }) => kind)).toEqual(['stored', 'duplicate', 'stored'])
      expect(await it.waiting(it.a)).toEqual(['same', 'other'])
    })

    test('a dedupe key holds without any route', async () => {
      const it = await bench(harness)
      const item = { owner, record: new Uint8Array(1), to: [], dedupe: { key: 'k', keepMs: 1_000 } }
      expect(await it.append(item, { ...item, record: new Uint8Array(1) })).toMatchObject([
        { kind: 'stored' },
        { kind: 'duplicate' },
      ])
    })

    test('a fan-out of thousands is one event: all of its routes have it', async () => {
      const it = await bench(harness)
      const ids = Array.from({ length: 2_500 }, (_, n) => `fan-${n}`)
      const routes = [...(await it.storage.routes.register(ids)).values()]
      const [result] = await it.append(event('e', ...routes.map(leased)))
      expect(leasesOf(result!).map(({ route }) => route)).toEqual(routes)
      const stats = await it.storage.stats()
      expect(stats.map(({ unsettled }) => unsettled)).toEqual(routes.map(() => 1))
    })

    test('a fan-out of thousands with a dedupe key that is taken is a duplicate', async () => {
      const it = await bench(harness)
      const ids = Array.from({ length: 1_500 }, (_, n) => `fan-${n}`)
      const routes = [...(await it.storage.routes.register(ids)).values()]
      const item = () => ({ ...event('e', ...routes.map(spilled)), dedupe: { key: 'k', keepMs: 1_000 } })
      const results = await Promise.all([it.append(item()), it.append(item())])
      expect(results.flat().map(({ kind }) => kind)).toEqual(['stored', 'duplicate'])
      expect(await it.storage.stats()).toHaveLength(1_500)
    })

    test('a route that was never registered is an error of the caller, and nothing is stored', async () => {
      const it = await bench(harness)
      await expect(it.append(event('e', spilled(it.a), spilled(9_999)))).rejects.toThrow(
        /route 9999 is not registered/,
      )
      expect(await it.storage.stats()).toEqual([])
    })

    test('many callers at once are all answered, each for its own', async () => {
      const it = await bench(harness)
      const texts = Array.from({ length: 300 }, (_, n) => `e${n}`)
      const results = await Promise.all(texts.map((text) => it.put(text, leased(it.a))))
      expect(new Set(results.map((result) => leasesOf(result)[0]?.id)).size).toBe(300)
    })
  })
}
