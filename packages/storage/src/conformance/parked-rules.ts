import { describe, expect, test } from 'vitest'
import type { Lease, ParkedKey } from '../storage.ts'
import { bench, bytes, event, leased, leasesOf, routeIds, spilled, text, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import type { CrashPoint, StorageHarness } from './harness.ts'

const points: readonly [CrashPoint, boolean][] = [
  ['before-commit', false],
  ['after-commit', true],
]

/** Keys that stop where their head fails for good. */
export function parkedRules(harness: StorageHarness): void {
  describe('parked keys', () => {
    test('a parked head holds those behind it, and other keys go on', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2', 'y1')
      await park(it, 'x1')
      expect(await it.waiting(it.a)).toEqual(['y1'])
      await put(it, 'x3')
      expect(await it.waiting(it.a)).toEqual(['y1'])
      expect(await states(it)).toEqual(['parked', 'held', 'waiting', 'held'])
      await it.done(...(await it.claim(it.a)))
      expect(await it.nextDue(it.a)).toBeUndefined()
    })

    test('they are listed with what is known of them, those that have stood longest first', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'y1', 'x2')
      const { now } = it.clock
      const y1 = await park(it, 'y1')
      it.clock.now += 5
      await park(it, 'x1')
      const keys = await it.storage.parked.list({ limit: 9 })
      expect(keys.map(({ key }) => key)).toEqual(['y', 'x'])
      expect(keys[0]).toEqual({
        route: it.a,
        key: 'y',
        delivery: y1.id,
        waiting: 1,
        since: now,
        details: details(now),
        record: bytes('y1'),
      })
      expect(keys[1]).toMatchObject({ waiting: 2 })
      expect(await it.storage.parked.list({ limit: 1 })).toHaveLength(1)
      expect(await it.storage.parked.list({ key: 'x', limit: 9 })).toMatchObject([{ key: 'x' }])
      expect(await it.storage.parked.list({ routes: [it.b], limit: 9 })).toEqual([])
      expect(await it.storage.stats()).toMatchObject([{ route: it.a, unsettled: 3, parked: 2 }])
    })

    test('the failed attempt counts', async () => {
      const it = await bench(harness)
      await put(it, 'x1')
      const x1 = await park(it, 'x1')
      expect(await it.storage.attempts(x1.id)).toMatchObject([{ n: 1, code: 500 }])
      const { items } = await it.storage.deliveries.list({ limit: 9 })
      expect(items).toMatchObject([{ id: x1.id, state: 'parked', due: 0, attempts: 1 }])
    })

    test('released, the head goes again as if for the first time, before those behind it', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      const parked = await park(it, 'x1')
      const woken = new Promise((resolve) => void it.storage.subscribe({ wake: resolve }))
      expect(await it.storage.parked.release(it.a, 'x')).toBe(true)
      expect(await woken).toEqual([it.a])
      const again = await it.claim(it.a)
      expect(again.map(textOf)).toEqual(['x1'])
      expect(again).toMatchObject([{ id: parked.id, attempts: 0, firstAttempt: undefined }])
      expect(await it.storage.attempts(parked.id)).toEqual([])
      expect(await it.storage.parked.list({ limit: 9 })).toEqual([])
      expect(await it.storage.parked.release(it.a, 'x')).toBe(false)
      await it.done(...again)
      expect(await it.waiting(it.a)).toEqual(['x2'])
    })

    test('skipped, the head ends with what follows from it, and the rest go on', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      await park(it, 'x1')
      const [parked] = await it.storage.parked.list({ limit: 9 })
      const result = await it.storage.parked.skip(parked!, end(it, parked!))
      expect(result).toMatchObject({ kind: 'settled', appends: [{ kind: 'stored' }] })
      expect([await it.waiting(it.a), await it.waiting(it.b)]).toEqual([['x2'], ['letter']])
      const letters = await it.storage.deadLetters.list({ limit: 9 })
      expect(letters).toMatchObject([{ route: it.a, details: parked!.details }])
      expect(text(letters[0]!.record)).toBe('x1')
      expect(await it.storage.stats()).toMatchObject([
        { unsettled: 1, deadLetters: 1, parked: 0 },
        { route: it.b },
      ])
    })

    test('only the head that was seen is skipped', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      await park(it, 'x1')
      const [first] = await it.storage.parked.list({ limit: 9 })
      await it.storage.parked.skip(first!, {})
      await park(it, 'x2')
      expect(await it.storage.parked.skip(first!, end(it, first!))).toEqual({ kind: 'stale' })
      expect(await it.storage.parked.list({ limit: 9 })).toMatchObject([{ key: 'x', waiting: 1 }])
      expect(await it.waiting(it.b)).toEqual([])
    })

    test('they stand over crashes and restarts', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      await park(it, 'x1')
      const before = await it.storage.parked.list({ limit: 9 })
      await it.crash()
      await it.declare()
      await it.reopen()
      await it.declare()
      expect(await it.claim(it.a)).toEqual([])
      expect(await it.storage.parked.list({ limit: 9 })).toEqual(before)
      expect(await it.storage.stats()).toMatchObject([{ unsettled: 2, parked: 1 }])
      await it.storage.parked.release(it.a, 'x')
      expect(await it.waiting(it.a)).toEqual(['x1'])
    })

    test('of an orphan they wait as all does; dropped or redirected they are parked no longer', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      await park(it, 'x1')
      await it.storage.routes.register(routeIds.slice(1))
      expect(await it.storage.parked.list({ limit: 9 })).toHaveLength(1)
      expect(await it.storage.routes.redirect(it.a, it.b)).toBe(2)
      expect(await it.storage.parked.list({ limit: 9 })).toEqual([])
      expect(await it.waiting(it.b)).toEqual(['x1'])
      await it.declare()
      await put(it, 'x3')
      await park(it, 'x3')
      expect(await it.storage.routes.drop(it.a)).toBe(1)
      expect(await it.storage.parked.list({ limit: 9 })).toEqual([])
    })

    test('the head cancelled, the key goes on', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      const { id } = await park(it, 'x1')
      expect(await it.storage.deliveries.cancel([id])).toEqual([id])
      expect(await it.storage.parked.list({ limit: 9 })).toEqual([])
      expect(await it.waiting(it.a)).toEqual(['x2'])
    })

    test('what has no key cannot be parked: that is a mistake of the caller', async () => {
      const it = await bench(harness)
      const [lease] = leasesOf(await it.put('e', leased(it.a)))
      const outcome = { kind: 'park', details: details(1) } as const
      await expect(it.settle({ lease: lease!, outcome })).rejects.toThrow(RangeError)
      await it.done(lease!)
    })
  })

  describe.each(points)('when the process dies %s', (point, landed) => {
    test('a key is parked or its head is due as it was', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      const [lease] = await it.claim(it.a)
      const outcome = { kind: 'park', details: details(1) } as const
      await interrupted(it, point, () => it.settle({ lease: lease!, outcome }))
      expect(await it.storage.parked.list({ limit: 9 })).toHaveLength(landed ? 1 : 0)
      expect(await it.waiting(it.a)).toEqual(landed ? [] : ['x1'])
    })

    test('a release has happened or not, and can be given again', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      await park(it, 'x1')
      await interrupted(it, point, () => it.storage.parked.release(it.a, 'x'))
      expect(await it.waiting(it.a)).toEqual(landed ? ['x1'] : [])
      expect(await it.storage.parked.release(it.a, 'x')).toBe(!landed)
      expect(await it.waiting(it.a)).toEqual(['x1'])
    })

    test('a skip with what follows from it has happened whole or not at all', async () => {
      const it = await bench(harness)
      await put(it, 'x1', 'x2')
      await park(it, 'x1')
      const [parked] = await it.storage.parked.list({ limit: 9 })
      await interrupted(it, point, () => it.storage.parked.skip(parked!, end(it, parked!)))
      const letters = await it.storage.deadLetters.list({ limit: 9 })
      const found = [await it.waiting(it.a), await it.waiting(it.b), letters.length]
      expect(found).toEqual(landed ? [['x2'], ['letter'], 1] : [[], [], 0])
      expect(await it.storage.parked.list({ limit: 9 })).toHaveLength(landed ? 0 : 1)
    })
  })
}

async function put(it: Bench, ...names: readonly string[]): Promise<void> {
  for (const name of names) await it.put(name, { route: it.a, lease: false, key: name[0]! })
}

function details(lastAttempt: number) {
  return { reason: 'no', code: 500, attempts: 1, firstAttempt: 1, lastAttempt, type: 't' }
}

/** Claims and parks the one of this name; the others are given back. */
async function park(it: Bench, name: string): Promise<Lease> {
  const leases = await it.claim(it.a)
  const lease = leases.find((each) => textOf(each) === name)!
  await it.storage.release(leases.filter((each) => each !== lease))
  const { now } = it.clock
  const attempt = { n: 1, at: now, code: 500, ms: 1 }
  expect(await it.settle({ lease, outcome: { kind: 'park', details: details(now) }, attempt })).toMatchObject(
    { kind: 'settled' },
  )
  return lease
}

function end(it: Bench, parked: ParkedKey) {
  return {
    appends: [event('letter', spilled(it.b))],
    deadLetters: [{ route: it.a, details: parked.details }],
  }
}

async function states(it: Bench): Promise<string[]> {
  const { items } = await it.storage.deliveries.list({ limit: 9 })
  return items.map(({ state }) => state)
}

async function interrupted(it: Bench, point: CrashPoint, work: () => Promise<unknown>): Promise<void> {
  it.crashAt(point)
  void work().catch(() => undefined)
  await it.revive()
  await it.declare()
}
