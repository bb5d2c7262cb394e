import { describe, expect, test } from 'vitest'
import type { DeliveryEnd, Lease } from '../storage.ts'
import { bench, bytes, event, leased, leasesOf, owner, routeIds, spilled, text } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function retentionRules(harness: StorageHarness): void {
  describe('archive', () => {
    test('an owner that is archived keeps its events after they are delivered, in order', async () => {
      const it = await bench(harness)
      const archive = { keepMs: 1_000, eventId: 'e' }
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
      await it.append({ ...event('e', spilled(it.a)), archive: { keepMs: 1_000, eventId: 'e' } })
      await it.append({ ...event('f'), archive: { keepMs: 2_000, eventId: 'f' } })
      it.clock.now += 1_000
      expect(await it.storage.expire({})).toMatchObject({ archived: 1 })
      const left = await it.storage.archive.scan(owner, undefined, 9)
      expect(left.map(({ record }) => text(record))).toEqual(['f'])
      expect(await it.waiting(it.a)).toEqual(['e'])
    })

    test('how its deliveries ended is kept with an archived event, and with no other', async () => {
      const it = await bench(harness)
      const archive = { keepMs: 1_000, eventId: 'e' }
      const [result] = await it.append({ ...event('e', leased(it.a), leased(it.b), spilled(it.c)), archive })
      const [one, two] = leasesOf(result!)
      const [other] = leasesOf(await it.put('not archived', leased(it.a)))
      const delivered = { result: 'delivered', attempts: 2, at: 5, ms: 7, attemptMs: 2.5 } as const
      const dead = { result: 'dead', attempts: 1, at: 6, ms: 8.5, reason: 'no', code: 400 } as const
      const ends: readonly [Lease, DeliveryEnd][] = [
        [one!, delivered],
        [two!, dead],
        [other!, delivered],
      ]
      for (const [lease, end] of ends) await it.settle({ lease, outcome: { kind: 'done', end } })
      const found = await it.storage.archive.find('e')
      expect(found).toMatchObject([{ owner, record: bytes('e') }])
      expect(found[0]!.ends).toEqual([
        { delivery: one!.id, route: it.a, ...delivered },
        { delivery: two!.id, route: it.b, ...dead },
      ])
      expect(await it.storage.archive.scan(owner, undefined, 9)).toEqual(found)
    })

    test('what is redriven is kept as what is appended, with how that ended', async () => {
      const it = await bench(harness)
      const [lease] = leasesOf(await it.put('e', leased(it.a)))
      const details = { reason: 'no', attempts: 1, firstAttempt: 1, lastAttempt: 1 }
      await it.settle({
        lease: lease!,
        outcome: { kind: 'done' },
        deadLetters: [it.a, it.b].map((route) => ({ route, details })),
      })
      const [first, second] = await it.storage.deadLetters.list({ limit: 9 })
      const archive = { keepMs: 1_000, eventId: 'e' }
      await it.storage.deadLetters.redrive([
        { id: first!.id, owner, route: it.a, archive },
        { id: second!.id, owner, route: it.b },
      ])
      const again = [...(await it.claim(it.a)), ...(await it.claim(it.b))]
      const end = { result: 'delivered', attempts: 1, at: 5, ms: 7 } as const
      for (const each of again) await it.settle({ lease: each, outcome: { kind: 'done', end } })
      const found = await it.storage.archive.find('e')
      expect(found).toMatchObject([{ owner, record: bytes('e') }])
      expect(found[0]!.ends).toEqual([{ delivery: again[0]!.id, route: it.a, ...end }])
      it.clock.now += 1_000
      expect(await it.storage.expire({})).toMatchObject({ archived: 1 })
      expect(await it.storage.archive.find('e')).toEqual([])
    })

    test('an event is found by its id, each time that it was accepted and by whomever', async () => {
      const it = await bench(harness)
      const archive = { keepMs: 1_000, eventId: 'x' }
      await it.append({ ...event('1'), archive }, { ...event('2'), archive: { ...archive, eventId: 'y' } })
      await it.append({ ...event('3'), owner: '/default/p', archive }, event('x', spilled(it.a)))
      const texts = async (id: string) =>
        (await it.storage.archive.find(id)).map(({ record }) => text(record))
      expect([await texts('x'), await texts('y'), await texts('z')]).toEqual([['1', '3'], ['2'], []])
      await it.crash()
      expect(await texts('x')).toEqual(['1', '3'])
      it.clock.now += 1_000
      await it.storage.expire({})
      expect(await texts('x')).toEqual([])
    })

    test('what an archive may take is kept of the newest, for this owner', async () => {
      const it = await bench(harness)
      const archive = { keepMs: 1_000, eventId: 'e' }
      const other = { ...event('of another'), owner: '/default/p', archive }
      await it.append(other, ...['aaaa', 'bbbb', 'cccc'].map((name) => ({ ...event(name), archive })))
      expect(await it.storage.expire({ archives: [{ owner, maxBytes: 9 }] })).toMatchObject({ archived: 1 })
      const left = await it.storage.archive.find('e')
      expect(left.map(({ record }) => text(record))).toEqual(['of another', 'bbbb', 'cccc'])
      expect(await it.storage.expire({ archives: [{ owner, maxBytes: 9 }] })).toMatchObject({ archived: 0 })
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
      await it.append(
        ...Array.from({ length: 2_100 }, () => ({ ...event('e'), archive: { keepMs: 1, eventId: 'e' } })),
      )
      it.clock.now += 1
      expect(await it.storage.expire({})).toMatchObject({ archived: 2_100 })
      expect(await it.storage.archive.scan(owner, undefined, 9)).toEqual([])
    })
  })
}
