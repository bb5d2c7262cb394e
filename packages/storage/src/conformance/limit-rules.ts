import { describe, expect, test } from 'vitest'
import { bench, event, leased, leasesOf, owner, spilled } from './bench.ts'
import type { Bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function limitRules(harness: StorageHarness): void {
  const share = { kind: 'refused', reason: 'share' }
  const full = { kind: 'refused', reason: 'full' }
  const stored = { kind: 'stored' }

  describe('limits', () => {
    test('an owner over its share is refused, with a reason and a time; others go on', async () => {
      const it = await bench(harness, { ownerBytes: 10 })
      expect(await it.append(event('123456', spilled(it.a), spilled(it.b)))).toMatchObject([stored])
      expect(await it.append(event('12345', spilled(it.a)))).toMatchObject([
        { ...share, detail: expect.stringContaining(owner), retryAfterMs: expect.any(Number) },
      ])
      const other = { ...event('123456', spilled(it.a)), owner: '/default/p' }
      expect(await it.append(other)).toMatchObject([stored])
      expect(await it.append(event('1234', spilled(it.a)))).toMatchObject([stored])
    })

    test.each([
      ['the share of their owner', { ownerBytes: 10 }, share],
      ['the limit of all', { totalBytes: 10 }, full],
    ])('events of one request that are together over %s are refused together', async (_, limits, refused) => {
      const it = await bench(harness, limits)
      const archive = { keepMs: 1_000, eventId: 'e' }
      const [six, five] = [event('123456', leased(it.a)), event('12345', spilled(it.b))]
      const unmatched = { ...event('123456789'), archive }
      expect(await it.append(six, five, unmatched)).toMatchObject([refused, refused, refused])
      expect(await it.storage.deliveries.list({ limit: 9 })).toMatchObject({ items: [] })
      expect(await it.storage.archive.scan(owner, undefined, 9)).toEqual([])
      const four = event('1234', leased(it.b))
      const results = await it.append({ ...six, record: six.record.slice() }, four, {
        ...unmatched,
        record: unmatched.record.slice(),
      })
      expect(results).toMatchObject([stored, stored, stored])
      expect(results.flatMap((result) => leasesOf(result)).map(({ route }) => route)).toEqual([it.a, it.b])
      expect(await it.append(event('1', spilled(it.c)))).toMatchObject([refused])
      await it.done(...results.flatMap((result) => leasesOf(result)))
      expect(await it.append(event('12345', spilled(it.c)), event('12345', spilled(it.c)))).toMatchObject([
        stored,
        stored,
      ])
      expect(await it.waiting(it.c)).toEqual(['12345', '12345'])
    })

    test('over the limit of all everybody is refused; what settles makes room', async () => {
      const it = await bench(harness, { totalBytes: 10 })
      const [first] = await it.append(event('123456', leased(it.a), spilled(it.b)))
      const late = { ...event('12345', spilled(it.a)), owner: '/default/p' }
      expect(await it.append(late)).toMatchObject([full])
      await it.done(...leasesOf(first!))
      expect(await it.append({ ...late, record: late.record.slice() })).toMatchObject([full])
      await it.done(...(await it.claim(it.b)))
      expect(await it.append(event('1234567890', spilled(it.a)))).toMatchObject([stored])
      expect(it.storage.health).toEqual({ kind: 'ok' })
    })

    test('what nobody waits for takes no share: unmatched, archived, dead', async () => {
      const it = await bench(harness, { ownerBytes: 6, totalBytes: 6 })
      const archive = { keepMs: 1_000, eventId: 'e' }
      expect(await it.append({ ...event('123456789'), archive }, event('1234567'))).toMatchObject([
        stored,
        stored,
      ])
      const [result] = await it.append({ ...event('123456', leased(it.a)), archive })
      const details = { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: 1 }
      const [lease] = leasesOf(result!)
      await it.settle({ lease: lease!, outcome: { kind: 'done' }, deadLetters: [{ route: it.a, details }] })
      expect(await it.append(event('123456', spilled(it.a)))).toMatchObject([stored])
    })

    test('replies are never refused, and count', async () => {
      const it = await bench(harness, { ownerBytes: 6 })
      const [lease] = leasesOf(await it.put('1', leased(it.a)))
      const appends = [event('1234567890', spilled(it.b))]
      expect(await it.settle({ lease: lease!, outcome: { kind: 'done' }, appends })).toMatchObject({
        appends: [stored],
      })
      expect(await it.append(event('1', spilled(it.a)))).toMatchObject([share])
    })

    test.each<[string, (it: Bench) => Promise<unknown>]>([
      ['a crash', (it) => it.crash()],
      ['a restart', (it) => it.reopen()],
    ])('they hold over %s, and room is made by all that removes', async (_, befall) => {
      const it = await bench(harness, { ownerBytes: 10 })
      await it.append(event('12345', spilled(it.a)), event('12345', spilled(it.b), leased(it.c)))
      await befall(it)
      await it.declare()
      const put = () => it.append(event('1', spilled(it.a)))
      expect(await put()).toMatchObject([share])
      await it.storage.routes.drop(it.a)
      expect(await it.append(event('12345', spilled(it.a)))).toMatchObject([stored])
      const { items } = await it.storage.deliveries.list({ routes: [it.a], limit: 9 })
      await it.storage.deliveries.cancel(items.map(({ id }) => id))
      expect(await it.append(event('12345', spilled(it.a)))).toMatchObject([stored])
      expect(await it.storage.routes.redirect(it.a, it.c)).toBe(1)
      expect(await put()).toMatchObject([share])
      await it.done(...(await it.claim(it.b)))
      expect(await put()).toMatchObject([share])
      await it.done(...(await it.claim(it.c)))
      expect(await put()).toMatchObject([stored])
    })
  })
}
