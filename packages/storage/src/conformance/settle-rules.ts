import { describe, expect, test } from 'vitest'
import { bench, event, leased, leasesOf, spilled, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function settleRules(harness: StorageHarness): void {
  const done = { kind: 'done' } as const

  describe('settle', () => {
    test('what is done is gone, for this route only', async () => {
      const it = await bench(harness)
      const [lease] = leasesOf(await it.put('e', leased(it.a), spilled(it.b)))
      expect(await it.settle({ lease: lease!, outcome: done })).toEqual({ kind: 'settled', appends: [] })
      expect([await it.waiting(it.a), await it.waiting(it.b)]).toEqual([[], ['e']])
    })

    test('what may wait is done all the same, and before whatever is asked after it', async () => {
      const it = await bench(harness)
      const [first] = leasesOf(await it.put('e', leased(it.a)))
      expect(await it.settle({ lease: first!, outcome: done, mayWait: true })).toMatchObject({
        kind: 'settled',
      })
      const [second] = leasesOf(await it.put('f', leased(it.a)))
      const settled = it.settle({ lease: second!, outcome: done, mayWait: true })
      expect(await it.storage.stats()).toEqual([])
      expect(await settled).toMatchObject({ kind: 'settled' })
    })

    test('a retry is due again at its time, and counts its attempt', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      const attempt = { n: 1, at: now, code: 503, ms: 12 }
      await it.settle({ lease: await one(it), outcome: { kind: 'retry', due: now + 100 }, attempt })
      expect(await it.claim(it.a)).toEqual([])
      expect(await it.nextDue(it.a)).toBe(now + 100)
      it.clock.now += 100
      const [again] = await it.claim(it.a)
      expect(again).toMatchObject({ attempts: 1, firstAttempt: now })
      expect(textOf(again!)).toBe('e')
    })

    test('the first attempt stays the first', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      const retry = { kind: 'retry', due: now } as const
      await it.settle({ lease: await one(it), outcome: retry, attempt: { n: 1, at: now, ms: 1 } })
      const [second] = await it.claim(it.a)
      await it.settle({ lease: second!, outcome: retry, attempt: { n: 2, at: now + 500, ms: 1 } })
      expect(await it.claim(it.a)).toMatchObject([{ attempts: 2, firstAttempt: now }])
    })

    test('a retry without an attempt counts none', async () => {
      const it = await bench(harness)
      await it.settle({ lease: await one(it), outcome: { kind: 'retry', due: it.clock.now } })
      expect(await it.claim(it.a)).toMatchObject([{ attempts: 0, firstAttempt: undefined }])
    })

    test('failed attempts are kept for the delivery, oldest first', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      const first = { n: 1, at: now, code: 503, body: 'YQ==', ms: 12.5 }
      const second = { n: 2, at: now + 1, error: 'connect ECONNREFUSED', ms: 1 }
      const lease = await one(it)
      await it.settle({ lease, outcome: { kind: 'retry', due: now }, attempt: first })
      const [again] = await it.claim(it.a)
      expect(again?.id).toBe(lease.id)
      await it.settle({ lease: again!, outcome: done, attempt: second })
      expect(await it.storage.attempts(lease.id)).toEqual([first, second])
      expect(await it.storage.attempts('999999999-999999999')).toEqual([])
    })

    test('a lease is settled once: then it is stale, and nothing is changed', async () => {
      const it = await bench(harness)
      const lease = await one(it)
      await it.settle({ lease, outcome: done })
      const late = {
        lease,
        outcome: { kind: 'retry', due: 0 },
        appends: [event('reply', spilled(it.b))],
      } as const
      expect(await it.settle(late)).toEqual({ kind: 'stale' })
      expect(await it.storage.stats()).toEqual([])
    })

    test('a lease that was released is stale', async () => {
      const it = await bench(harness)
      const lease = await one(it)
      await it.storage.release([lease])
      expect(await it.settle({ lease, outcome: done })).toEqual({ kind: 'stale' })
      expect(await it.waiting(it.a)).toEqual(['e'])
    })

    test('the same lease twice in one call is settled once', async () => {
      const it = await bench(harness)
      const lease = await one(it)
      const item = { lease, outcome: done, appends: [] }
      expect(await it.storage.settle([item, item])).toMatchObject([{ kind: 'settled' }, { kind: 'stale' }])
    })

    test('a reply is stored in the settle, and leased where there is room', async () => {
      const it = await bench(harness)
      const reply = {
        lease: await one(it),
        outcome: done,
        appends: [event('reply', leased(it.b), spilled(it.c))],
      }
      const result = await it.settle(reply)
      expect(result).toMatchObject({
        kind: 'settled',
        appends: [{ kind: 'stored', leases: [{ route: it.b }] }],
      })
      expect([await it.waiting(it.a), await it.waiting(it.b), await it.waiting(it.c)]).toEqual([
        [],
        [],
        ['reply'],
      ])
    })

    test('a reply whose dedupe key is known is a duplicate, and the delivery is done', async () => {
      const it = await bench(harness)
      const dedupe = { key: 'k', keepMs: 1_000 }
      const reply = () => ({ ...event('reply', spilled(it.b)), dedupe })
      await it.append(reply())
      const result = await it.settle({ lease: await one(it), outcome: done, appends: [reply()] })
      expect(result).toEqual({ kind: 'settled', appends: [{ kind: 'duplicate' }] })
      expect([await it.waiting(it.a), await it.waiting(it.b)]).toEqual([[], ['reply']])
    })

    test('a reply with a fan-out of thousands is stored whole with its settle', async () => {
      const it = await bench(harness)
      const lease = await one(it)
      const ids = Array.from({ length: 2_500 }, (_, n) => `fan-${n}`)
      const routes = [...(await it.storage.routes.register(ids)).values()]
      const result = await it.settle({
        lease,
        outcome: done,
        appends: [event('reply', ...routes.map(leased))],
      })
      expect(result).toMatchObject({ kind: 'settled', appends: [{ kind: 'stored' }] })
      expect(await it.storage.stats()).toHaveLength(2_500)
      expect(
        await it.settle({ lease, outcome: done, appends: [event('x', ...routes.map(spilled))] }),
      ).toEqual({
        kind: 'stale',
      })
      expect((await it.storage.stats()).map(({ unsettled }) => unsettled)).toEqual(routes.map(() => 1))
    })

    test('one stale item does not fail its neighbours', async () => {
      const it = await bench(harness)
      const [gone, there] = [await one(it), await one(it)]
      await it.done(gone)
      const results = await it.done(gone, there)
      expect(results.map(({ kind }) => kind)).toEqual(['stale', 'settled'])
    })
  })
}

async function one(it: Bench, name = 'e') {
  return leasesOf(await it.put(name, leased(it.a)))[0]!
}
