import { describe, expect, test } from 'vitest'
import type { AppendItem, Lease, Storage, StorageHealth } from '../storage.ts'
import { bench, bytes, event, leased, leasesOf, spilled, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

/** A commit that fails, and of which nobody knows whether it is on disk. */
export function failureRules(harness: StorageHarness): void {
  const because = harness.unsupported?.find((each) => each.case === 'failCommit')?.because
  if (because !== undefined) {
    test(`a commit that fails is not asked: ${because}`, async () => {
      const it = await bench(harness)
      expect('failCommit' in it).toBe(false)
    })
    return
  }

  describe.each([
    ['is not on disk', false],
    ['is on disk all the same', true],
  ])('when a commit fails and %s', (_how, landed) => {
    test('an append is refused with a time to come back, and is not there', async () => {
      const it = await bench(harness)
      const result = await failing(it, landed, () => it.put('e', leased(it.a), spilled(it.b)))
      expect(result).toMatchObject({ kind: 'refused', reason: 'unavailable' })
      expect(result.kind === 'refused' && result.retryAfterMs > 0 && result.detail.length > 0).toBe(true)
      expect(await it.storage.stats()).toEqual([])
      expect([await it.waiting(it.a), await it.waiting(it.b)]).toEqual([[], []])
    })

    test('a refused event can be sent again, though it has a dedupe key', async () => {
      const it = await bench(harness)
      const item = (): AppendItem => ({ ...event('e', spilled(it.a)), dedupe: { key: 'k', keepMs: 1_000 } })
      await failing(it, landed, () => it.append(item()))
      expect(await it.append(item())).toMatchObject([{ kind: 'stored' }])
      expect(await it.waiting(it.a)).toEqual(['e'])
    })

    test('a settle waits, and is answered when it is done: once, with its reply', async () => {
      const it = await bench(harness)
      const [lease] = leasesOf(await it.put('e', leased(it.a)))
      const appends = [event('reply', leased(it.b), spilled(it.c))]
      const result = await failing(it, landed, () =>
        it.settle({ lease: lease!, outcome: { kind: 'done' }, appends }),
      )
      expect(result).toMatchObject({
        kind: 'settled',
        appends: [{ kind: 'stored', leases: [{ route: it.b }] }],
      })
      expect([await it.waiting(it.a), await it.waiting(it.b), await it.waiting(it.c)]).toEqual([
        [],
        [],
        ['reply'],
      ])
      const [reply] = result.kind === 'settled' ? leasesOf(result.appends[0]!) : []
      expect(await it.settle({ lease: reply!, outcome: { kind: 'done' } })).toMatchObject({ kind: 'settled' })
    })

    test('a retry waits likewise, and counts once', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      const [lease] = leasesOf(await it.put('e', leased(it.a)))
      const outcome = { kind: 'retry', due: now } as const
      await failing(it, landed, () =>
        it.settle({ lease: lease!, outcome, attempt: { n: 1, at: now, ms: 1 } }),
      )
      expect(await it.claim(it.a)).toMatchObject([{ attempts: 1 }])
      expect(await it.settle({ lease: lease!, outcome: { kind: 'done' } })).toMatchObject({ kind: 'settled' })
    })

    test('settles are done in their order, also those that came while it failed', async () => {
      const it = await bench(harness)
      const leases: Lease[] = []
      for (const name of ['1', '2', '3']) leases.push(...leasesOf(await it.put(name, leased(it.a))))
      const results = await failing(it, landed, () =>
        Promise.all(leases.map((lease) => it.settle({ lease, outcome: { kind: 'done' } }))),
      )
      expect(results.map(({ kind }) => kind)).toEqual(['settled', 'settled', 'settled'])
      expect(await it.storage.stats()).toEqual([])
    })

    test('what is leased stays leased, what waits stays, and all is claimed afterwards', async () => {
      const it = await bench(harness)
      const held = leasesOf(await it.put('held', leased(it.a)))
      await it.put('waits', spilled(it.a))
      await failing(it, landed, () => it.put('refused', spilled(it.a)))
      expect((await it.claim(it.a)).map(textOf)).toEqual(['waits'])
      expect(await it.done(...held)).toMatchObject([{ kind: 'settled' }])
    })

    test('anything else that writes is rejected as unavailable, and can be given again', async () => {
      const it = await bench(harness)
      const put = () => it.storage.checkpoints.put('k', bytes('v'))
      const error = await failing(it, landed, () => put().catch((reason: unknown) => reason))
      expect(error).toMatchObject({ name: 'StorageError', code: 'unavailable' })
      await put()
      expect(await it.storage.checkpoints.get('k')).toEqual(bytes('v'))
    })

    test('all routes are woken when it is over', async () => {
      const it = await bench(harness)
      const woken = new Promise((resolve) => void it.storage.subscribe({ wake: resolve }))
      await failing(it, landed, () => it.put('e', spilled(it.a)))
      expect(await woken).toBe('all')
    })

    test('a crash later finds the same', async () => {
      const it = await bench(harness)
      await it.put('before', spilled(it.a))
      await failing(it, landed, () => it.put('refused', spilled(it.a)))
      await it.put('after', spilled(it.a))
      await it.crash()
      await it.declare()
      expect(await it.waiting(it.a)).toEqual(['before', 'after'])
    })
  })
}

/** Resolves when the store has mended itself. */
function mended(storage: Storage): Promise<readonly StorageHealth['kind'][]> {
  return new Promise((resolve) => {
    const seen: StorageHealth['kind'][] = []
    const end = storage.subscribe({
      health({ kind }) {
        seen.push(kind)
        if (kind !== 'ok') return
        end()
        resolve(seen)
      },
    })
  })
}

async function failing<T>(it: Bench, landed: boolean, work: () => Promise<T>): Promise<T> {
  const again = mended(it.storage)
  it.failCommit?.(landed)
  const result = await work()
  expect(await again).toEqual(['unavailable', 'ok'])
  return result
}
