import { describe, expect, test } from 'vitest'
import { bench, event, leased, leasesOf, owner, routeIds, spilled, text } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function retentionRules(harness: StorageHarness): void {
  describe('archive', () => {
    test('an owner that is archived keeps its events after they are delivered, in order', async () => {
      const it = await bench(harness)
      const archive = { keepMs: 1_000 }
      const results = await it.append(
        { ...event('1', leased(it.a)), archive },
        event('not archived', spilled(it.a)),
        { ...event('2'), archive },
      )
      await it.append({ ...event('of another'), owner: '/default/p', archive })
      await it.done(...leasesOf(results[0]!))
      const page = await it.storage.archive.scan(owner, undefined, 1)
      expect(page.map(({ record }) => text(record))).toEqual(['1'])
      const rest = await it.storage.archive.scan(owner, page[0]!.cursor, 9)
      expect(rest.map(({ record }) => text(record))).toEqual(['2'])
      expect(await it.storage.archive.scan(owner, rest[0]!.cursor, 9)).toEqual([])
    })

    test('its time over, an event goes from the archive, but not from its deliveries', async () => {
      const it = await bench(harness)
      await it.append({ ...event('e', spilled(it.a)), archive: { keepMs: 1_000 } })
      await it.append({ ...event('f'), archive: { keepMs: 2_000 } })
      it.clock.now += 1_000
      expect(await it.storage.expire({})).toMatchObject({ archived: 1 })
      const left = await it.storage.archive.scan(owner, undefined, 9)
      expect(left.map(({ record }) => text(record))).toEqual(['f'])
      expect(await it.waiting(it.a)).toEqual(['e'])
    })
  })

  describe('expire', () => {
    test('removes dead letters, orphans and attempts that are older than asked, and nothing else', async () => {
      const it = await bench(harness)
      const bury = async (name: string) => {
        const [lease] = leasesOf(await it.put(name, leased(it.a)))
        const details = { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: it.clock.now }
        const attempt = { n: 1, at: it.clock.now, ms: 1 }
        await it.settle({
          lease: lease!,
          outcome: { kind: 'done' },
          attempt,
          deadLetters: [{ route: it.a, details }],
        })
        return lease!.id
      }
      const old = await bury('old')
      await it.put('held', spilled(it.b))
      await it.storage.routes.register(routeIds.slice(0, 1))
      it.clock.now += 1_000
      const young = await bury('young')
      const cut = it.clock.now
      await it.put('waits', spilled(it.a))
      const expired = await it.storage.expire({ deadLetters: cut, orphans: cut, attempts: cut })
      expect(expired).toEqual({ deadLetters: 1, orphans: 1, attempts: 1, archived: 0 })
      const letters = await it.storage.deadLetters.list({ limit: 9 })
      expect(letters.map(({ record }) => text(record))).toEqual(['young'])
      expect([await it.storage.attempts(old), await it.storage.attempts(young)]).toMatchObject([
        [],
        [{ n: 1 }],
      ])
      expect(await it.storage.stats()).toMatchObject([{ route: it.a, unsettled: 1, deadLetters: 1 }])
    })

    test('without a cut-off nothing deliverable or dead goes', async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.b))
      await it.storage.routes.register([])
      it.clock.now += 1_000_000
      expect(await it.storage.expire({})).toEqual({ deadLetters: 0, orphans: 0, attempts: 0, archived: 0 })
      expect(await it.storage.stats()).toMatchObject([{ route: it.b, unsettled: 1 }])
    })

    test('thousands go as well', async () => {
      const it = await bench(harness)
      await it.append(...Array.from({ length: 2_100 }, () => ({ ...event('e'), archive: { keepMs: 1 } })))
      it.clock.now += 1
      expect(await it.storage.expire({})).toMatchObject({ archived: 2_100 })
      expect(await it.storage.archive.scan(owner, undefined, 9)).toEqual([])
    })
  })
}
