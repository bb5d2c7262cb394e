import { describe, expect, test } from 'vitest'
import type { DeadLetter, DeadLetterQuery } from '../storage.ts'
import { bench, bytes, leased, leasesOf, owner, text, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function deadLetterRules(harness: StorageHarness): void {
  describe('dead letters', () => {
    test('a dead letter has the record of its delivery, and all that is known', async () => {
      const it = await bench(harness)
      const details = await bury(it, 'e', it.a, { type: 'order' })
      const [letter] = await list(it)
      expect(letter).toEqual({ id: letter?.id, route: it.a, record: bytes('e'), details })
      expect(await it.storage.deadLetters.get(letter!.id)).toEqual(letter)
      expect(await it.claim(it.a)).toEqual([])
    })

    test('or a record of its own', async () => {
      const it = await bench(harness)
      await bury(it, 'e', it.a, { record: bytes('reply') })
      expect(texts(await list(it))).toEqual(['reply'])
    })

    test('they are listed oldest first, page by page', async () => {
      const it = await bench(harness)
      for (const name of ['1', '2', '3']) await bury(it, name, it.a)
      const page = await list(it, { limit: 2 })
      expect(texts(page)).toEqual(['1', '2'])
      expect(texts(await list(it, { limit: 2, after: page[1]!.id }))).toEqual(['3'])
    })

    test('they are found by route, type and time, and by all of them', async () => {
      const it = await bench(harness)
      await bury(it, '1', it.a, { type: 'x' })
      it.clock.now += 1_000
      const later = it.clock.now
      await bury(it, '2', it.b, { type: 'x' })
      await bury(it, '3', it.a)
      expect(texts(await list(it, { routes: [it.a] }))).toEqual(['1', '3'])
      expect(texts(await list(it, { routes: [it.a, it.b], type: 'x' }))).toEqual(['1', '2'])
      expect(texts(await list(it, { since: later }))).toEqual(['2', '3'])
      expect(texts(await list(it, { since: later, routes: [it.a], type: 'x' }))).toEqual([])
      expect(texts(await list(it, { routes: [] }))).toEqual([])
    })

    test('stats count them by route', async () => {
      const it = await bench(harness)
      await bury(it, '1', it.a)
      await bury(it, '2', it.a)
      const none = { unsettled: 0, parked: 0, oldest: undefined, nextDue: undefined }
      expect(await it.storage.stats()).toEqual([{ route: it.a, deadLetters: 2, ...none }])
    })

    test('redriven, each is a fresh delivery, and the route is woken', async () => {
      const it = await bench(harness)
      await bury(it, '1', it.a)
      await bury(it, '2', it.a)
      const [one, two] = await list(it)
      const woken = new Promise((resolve) => void it.storage.subscribe({ wake: resolve }))
      const items = [
        { id: one!.id, owner, route: it.b },
        { id: '424242', owner, route: it.b },
        { id: two!.id, owner, route: it.b, record: bytes('2 again') },
      ]
      expect(await it.storage.deadLetters.redrive(items)).toEqual([one!.id, two!.id])
      expect(await woken).toEqual([it.b])
      expect(await list(it)).toEqual([])
      const fresh = await it.claim(it.b)
      expect(fresh.map(textOf)).toEqual(['1', '2 again'])
      expect(fresh).toMatchObject([{ attempts: 0, firstAttempt: undefined }, { attempts: 0 }])
      expect(await it.storage.deadLetters.redrive(items)).toEqual([])
    })

    test('redriven to an ordered route, they take their place in the order', async () => {
      const it = await bench(harness)
      await bury(it, '1', it.a)
      await bury(it, '2', it.a)
      const letters = await list(it)
      await it.storage.deadLetters.redrive(letters.map(({ id }) => ({ id, owner, route: it.a, key: 'k' })))
      expect((await it.claim(it.a)).map(textOf)).toEqual(['1'])
    })

    test('dropped, they are gone; what is not there is not counted', async () => {
      const it = await bench(harness)
      await bury(it, '1', it.a)
      const [letter] = await list(it)
      expect(await it.storage.deadLetters.drop([letter!.id, letter!.id, '424242'])).toBe(1)
      expect(await list(it)).toEqual([])
      expect(await it.storage.deadLetters.get(letter!.id)).toBeUndefined()
      expect(await it.storage.stats()).toEqual([])
    })

    test('an id that was never one finds nothing', async () => {
      const it = await bench(harness)
      expect(await it.storage.deadLetters.get('no such id')).toBeUndefined()
      expect(await it.storage.deadLetters.drop(['no such id'])).toBe(0)
    })
  })
}

/** Makes a dead letter of one delivery. */
async function bury(
  it: Bench,
  name: string,
  route: number,
  more: { type?: string; record?: Uint8Array } = {},
) {
  const [lease] = leasesOf(await it.put(name, leased(route)))
  const { type, record } = more
  const base = { reason: '503', code: 503, attempts: 3, firstAttempt: 1, lastAttempt: it.clock.now }
  const details = { ...base, ...(type === undefined ? undefined : { type }) }
  const letter = { route, details, ...(record === undefined ? undefined : { record }) }
  await it.settle({ lease: lease!, outcome: { kind: 'done' }, deadLetters: [letter] })
  return details
}

async function list(it: Bench, query: Partial<DeadLetterQuery> = {}): Promise<readonly DeadLetter[]> {
  return it.storage.deadLetters.list({ limit: 100, ...query })
}

const texts = (letters: readonly DeadLetter[]): string[] => letters.map(({ record }) => text(record))
