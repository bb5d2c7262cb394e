import { describe, expect, test } from 'vitest'
import type { AppendItem, Target } from '../storage.ts'
import { bench, bytes, event, leased, leasesOf, owner, spilled, text, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import type { CrashPoint, StorageHarness } from './harness.ts'

const points: readonly [CrashPoint, boolean][] = [
  ['before-commit', false],
  ['after-commit', true],
]

export function crashRules(harness: StorageHarness): void {
  describe('after the process has died', () => {
    test('what was stored is there, and what was leased is free', async () => {
      const it = await bench(harness)
      await it.put('waiting', spilled(it.a))
      await it.put('leased', leased(it.a))
      await it.crash()
      await it.declare()
      expect((await it.claim(it.a)).map(textOf).toSorted()).toEqual(['leased', 'waiting'])
    })

    test('a crash is not an attempt', async () => {
      const it = await bench(harness)
      await it.put('e', leased(it.a))
      await it.crash()
      await it.declare()
      expect(await it.claim(it.a)).toMatchObject([{ attempts: 0, firstAttempt: undefined }])
    })

    test('what was settled stays settled, retries keep their time and attempts', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      const [one] = leasesOf(await it.put('done', leased(it.a)))
      const [two] = leasesOf(await it.put('again', leased(it.a)))
      await it.done(one!)
      await it.settle({
        lease: two!,
        outcome: { kind: 'retry', due: now + 9 },
        attempt: { n: 1, at: now, ms: 1 },
      })
      await it.crash()
      await it.declare()
      expect(await it.claim(it.a)).toEqual([])
      expect(await it.nextDue(it.a)).toBe(now + 9)
      it.clock.now += 9
      expect(await it.claim(it.a)).toMatchObject([{ attempts: 1, firstAttempt: now }])
    })

    test('dedupe keys, dead letters, archive, checkpoints and routes are there', async () => {
      const it = await bench(harness)
      const dedupe = { key: 'k', keepMs: 1_000 }
      const item = (): AppendItem => ({
        ...event('e', leased(it.a)),
        dedupe,
        archive: { keepMs: 1_000, eventId: 'e' },
      })
      const [result] = await it.append(item())
      const details = { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: 1 }
      const [lease] = leasesOf(result!)
      await it.settle({ lease: lease!, outcome: { kind: 'done' }, deadLetters: [{ route: it.a, details }] })
      await it.storage.checkpoints.put('c', bytes('v'))
      await it.crash()
      expect(await it.storage.routes.list()).toHaveLength(3)
      await it.declare()
      expect(await it.append(item())).toEqual([{ kind: 'duplicate' }])
      expect(await it.storage.deadLetters.list({ limit: 9 })).toMatchObject([{ route: it.a, details }])
      expect(await it.storage.archive.scan(owner, undefined, 9)).toHaveLength(1)
      expect(await it.storage.checkpoints.get('c')).toEqual(bytes('v'))
    })

    test('the counters of stats are right', async () => {
      const it = await bench(harness)
      await it.put('1', spilled(it.a), leased(it.b))
      await it.put('2', spilled(it.a))
      const before = await it.storage.stats()
      await it.crash()
      await it.declare()
      const after = await it.storage.stats()
      const counts = (stats: typeof before) =>
        stats.map(({ route, unsettled, oldest }) => [route, unsettled, oldest])
      expect(counts(after)).toEqual(counts(before))
    })

    test('closed and opened again, all is there too', async () => {
      const it = await bench(harness)
      await it.put('1', spilled(it.a))
      await it.put('2', leased(it.a))
      await it.reopen()
      await it.declare()
      expect((await it.claim(it.a)).map(textOf).toSorted()).toEqual(['1', '2'])
    })
  })

  describe.each(points)('when the process dies %s', (point, landed) => {
    test('an append is there on all its routes or on none', async () => {
      const it = await bench(harness)
      await interrupted(it, point, () => it.put('e', leased(it.a), spilled(it.b)))
      const there = landed ? ['e'] : []
      expect([await it.waiting(it.a), await it.waiting(it.b)]).toEqual([there, there])
    })

    test('the events of one request are all there or none is', async () => {
      const it = await bench(harness)
      await interrupted(it, point, () =>
        it.append(event('1', leased(it.a)), event('2', spilled(it.a)), event('3', leased(it.b))),
      )
      const there = { a: (await it.waiting(it.a)).toSorted(), b: await it.waiting(it.b) }
      expect(there).toEqual(landed ? { a: ['1', '2'], b: ['3'] } : { a: [], b: [] })
    })

    test('an append with a dedupe key can be given again: it is there once', async () => {
      const it = await bench(harness)
      const item = (): AppendItem => ({ ...event('e', spilled(it.a)), dedupe: { key: 'k', keepMs: 1_000 } })
      await interrupted(it, point, () => it.append(item()))
      const [again] = await it.append(item())
      expect(again?.kind).toBe(landed ? 'duplicate' : 'stored')
      expect(await it.waiting(it.a)).toEqual(['e'])
    })

    test('a fan-out of thousands is there whole or not at all', async () => {
      const it = await bench(harness)
      const ids = Array.from({ length: 2_500 }, (_, n) => `fan-${n}`)
      const routes = [...(await it.storage.routes.register(ids)).values()]
      await interrupted(it, point, () =>
        it.append(event('e', ...routes.map((route): Target => spilled(route)))),
      )
      const stats = await it.storage.stats()
      expect([0, 2_500]).toContain(stats.length)
      expect(stats.every(({ unsettled }) => unsettled === 1)).toBe(true)
    })

    test('a settle with its reply and dead letter is done whole or not at all', async () => {
      const it = await bench(harness)
      const [lease] = leasesOf(await it.put('e', leased(it.a)))
      const details = { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: 1 }
      const item = {
        lease: lease!,
        outcome: { kind: 'done' },
        appends: [event('reply', spilled(it.b))],
        deadLetters: [{ route: it.a, details }],
        attempt: { n: 1, at: 1, ms: 1 },
      } as const
      await interrupted(it, point, () => it.settle(item))
      const letters = await it.storage.deadLetters.list({ limit: 9 })
      const found = {
        delivery: await it.waiting(it.a),
        reply: await it.waiting(it.b),
        dead: letters.map(({ record }) => text(record)),
        attempts: await it.storage.attempts(lease!.id),
      }
      const none = { delivery: ['e'], reply: [], dead: [], attempts: [] }
      const all = { delivery: [], reply: ['reply'], dead: ['e'], attempts: [item.attempt] }
      expect(found).toEqual(landed ? all : none)
    })

    test('a retry is done or not, and the delivery is there in any case', async () => {
      const it = await bench(harness)
      const [lease] = leasesOf(await it.put('e', leased(it.a)))
      const outcome = { kind: 'retry', due: it.clock.now } as const
      await interrupted(it, point, () =>
        it.settle({ lease: lease!, outcome, attempt: { n: 1, at: 1, ms: 1 } }),
      )
      expect(await it.claim(it.a)).toMatchObject([{ attempts: landed ? 1 : 0 }])
    })

    test('a redrive has happened or not: nothing is lost or doubled', async () => {
      const it = await bench(harness)
      const [lease] = leasesOf(await it.put('e', leased(it.a)))
      const details = { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: 1 }
      await it.settle({ lease: lease!, outcome: { kind: 'done' }, deadLetters: [{ route: it.a, details }] })
      const [letter] = await it.storage.deadLetters.list({ limit: 9 })
      await interrupted(it, point, () =>
        it.storage.deadLetters.redrive([{ id: letter!.id, owner, route: it.a }]),
      )
      const left = await it.storage.deadLetters.list({ limit: 9 })
      expect([left.length, (await it.waiting(it.a)).length]).toEqual(landed ? [0, 1] : [1, 0])
    })

    test('a registration can be given again: the numbers are the same', async () => {
      const it = await bench(harness)
      await interrupted(it, point, () => it.storage.routes.register(['new']))
      const first = await it.storage.routes.register(['new'])
      expect(await it.storage.routes.register(['new'])).toEqual(first)
      expect([it.a, it.b, it.c]).not.toContain(first.get('new'))
    })
  })
}

/** Does something that will not be answered, and starts again. */
async function interrupted(it: Bench, point: CrashPoint, work: () => Promise<unknown>): Promise<void> {
  it.crashAt(point)
  void work().catch(() => undefined)
  await it.revive()
  await it.declare()
}
