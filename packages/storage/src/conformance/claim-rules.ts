import { describe, expect, test } from 'vitest'
import { bench, bytes, event, leased, leasesOf, spilled, text, textOf } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function claimRules(harness: StorageHarness): void {
  describe('claim and release', () => {
    test('claims come in order of due time, and of appends where that is the same', async () => {
      const it = await bench(harness)
      const at = (name: string, due: number) => event(name, { route: it.a, lease: false, due })
      const { now } = it.clock
      await it.append(at('late', now - 1), at('early', now - 9), at('same 1', now - 5), at('same 2', now - 5))
      expect((await it.claim(it.a)).map(textOf)).toEqual(['early', 'same 1', 'same 2', 'late'])
    })

    test('what is leased is not claimed again', async () => {
      const it = await bench(harness)
      await it.put('1', spilled(it.a))
      await it.put('2', spilled(it.a))
      expect((await it.claim(it.a, 1)).map(textOf)).toEqual(['1'])
      expect((await it.claim(it.a)).map(textOf)).toEqual(['2'])
      expect(await it.claim(it.a)).toEqual([])
    })

    test('at most max leases, and nextDue says that more are due', async () => {
      const it = await bench(harness)
      for (const name of ['1', '2', '3']) await it.put(name, spilled(it.a))
      const [result] = await it.storage.claim([{ route: it.a, max: 2, maxBytes: 1_000 }])
      expect(result?.leases.map(textOf)).toEqual(['1', '2'])
      expect(result?.nextDue).toBe(it.clock.now)
    })

    test('at most maxBytes of records, but always one', async () => {
      const it = await bench(harness)
      for (const name of ['1', '2', '3']) await it.put(name.repeat(100), spilled(it.a))
      const claim = async (maxBytes: number) => {
        const [result] = await it.storage.claim([{ route: it.a, max: 10, maxBytes }])
        return result?.leases.map((lease) => textOf(lease)[0])
      }
      expect(await claim(1)).toEqual(['1'])
      expect(await claim(200)).toEqual(['2', '3'])
    })

    test('several routes are claimed at once, each for itself', async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.a), spilled(it.b))
      const results = await it.storage.claim(
        [it.b, it.c, it.a].map((route) => ({ route, max: 9, maxBytes: 999 })),
      )
      expect(results.map(({ route, leases }) => [route, leases.length])).toEqual([
        [it.b, 1],
        [it.c, 0],
        [it.a, 1],
      ])
    })

    test('nextDue is the earliest that is neither leased nor held; none where there is none', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      expect(await it.nextDue(it.a)).toBeUndefined()
      await it.append(event('1', leased(it.a)), event('2', { route: it.a, lease: false, due: now + 50 }))
      await it.put('3', { route: it.a, lease: false, due: now + 20 })
      expect(await it.nextDue(it.a)).toBe(now + 20)
    })

    test('a released delivery is due at once, with no attempt counted', async () => {
      const it = await bench(harness)
      const leases = leasesOf(await it.put('e', leased(it.a)))
      await it.storage.release(leases)
      expect(await it.claim(it.a)).toMatchObject([{ attempts: 0, firstAttempt: undefined }])
    })

    test('to release what is not leased changes nothing', async () => {
      const it = await bench(harness)
      const leases = leasesOf(await it.put('e', leased(it.a)))
      await it.done(...leases)
      await it.storage.release(leases)
      expect(await it.claim(it.a)).toEqual([])
    })

    test('the record comes as it was given, byte for byte', async () => {
      const it = await bench(harness)
      const record = Uint8Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256)
      await it.append({ ...event('', spilled(it.a)), record: record.slice() }, event('', spilled(it.a)))
      const [first, second] = await it.claim(it.a)
      expect(first?.record).toEqual(record)
      expect(second?.record).toEqual(new Uint8Array())
    })

    test('a damaged record keeps nothing else from being claimed, and can be set aside raw', async () => {
      const it = await bench(harness)
      await it.put('good 1', spilled(it.a))
      await it.put('bad', spilled(it.a))
      await it.put('good 2', spilled(it.a))
      const leases = await it.claim(it.a)
      await it.storage.release(leases)
      await it.damage(leases[1]!.id)
      const [one, bad, two] = await it.claim(it.a)
      expect([textOf(one!), textOf(two!)]).toEqual(['good 1', 'good 2'])
      expect(bad?.record === undefined || text(bad.record) !== 'bad').toBe(true)
      const details = { reason: 'unreadable', attempts: 0, firstAttempt: 1, lastAttempt: 1 }
      const letter = {
        route: it.a,
        details,
        ...(bad?.record === undefined ? { record: bytes('?') } : undefined),
      }
      const settled = await it.settle({ lease: bad!, outcome: { kind: 'done' }, deadLetters: [letter] })
      expect(settled).toEqual({ kind: 'settled', appends: [] })
      const letters = await it.storage.deadLetters.list({ limit: 9 })
      expect(letters).toMatchObject([{ route: it.a, details }])
    })

    test('stats count what is unsettled, leased or not, and say how old and how due it is', async () => {
      const it = await bench(harness)
      const first = it.clock.now
      const leases = leasesOf(await it.put('1', leased(it.a)))
      it.clock.now += 5_000
      await it.put('2', { route: it.a, lease: false, due: it.clock.now + 70 })
      expect(await it.storage.stats()).toEqual([
        { route: it.a, unsettled: 2, deadLetters: 0, parked: 0, oldest: first, nextDue: it.clock.now + 70 },
      ])
      await it.done(...leases)
      expect(await it.storage.stats()).toEqual([
        {
          route: it.a,
          unsettled: 1,
          deadLetters: 0,
          parked: 0,
          oldest: first + 5_000,
          nextDue: it.clock.now + 70,
        },
      ])
    })
  })
}
