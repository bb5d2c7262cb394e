import { describe, expect, test } from 'vitest'
import type { CloudEvent } from '@millrace/core'
import { decodeRecordHead, encodeRecord } from '../record.ts'
import type { DeliveryQuery, ListedDelivery } from '../storage.ts'
import { bench, bytes, event, leased, owner, spilled, text, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

/** What waits, listed and cancelled. */
export function deliveryRules(harness: StorageHarness): void {
  describe('deliveries', () => {
    test('all that is not settled is listed in the order of appends, with what is known of it', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      await it.put('1', spilled(it.b), { route: it.a, lease: false, due: now + 500 })
      await it.put('2', leased(it.c))
      await it.put('3', { route: it.c, lease: false, key: 'k' })
      await it.put('4', { route: it.c, lease: false, key: 'k' })
      const items = await list(it)
      expect(items.map(({ route, state, due, key }) => [route, state, due, key])).toEqual([
        [it.a, 'waiting', now + 500, undefined],
        [it.b, 'waiting', now, undefined],
        [it.c, 'leased', now, undefined],
        [it.c, 'waiting', now, 'k'],
        [it.c, 'held', now, 'k'],
      ])
      expect(items[0]).toMatchObject({ owner, attempts: 0, firstAttempt: undefined, appendedAt: now })
      expect(items[0]!.event).toBe(items[1]!.event)
      expect(new Set(items.map(({ id }) => id)).size).toBe(5)
    })

    test('attempts are counted, and a settled one is gone', async () => {
      const it = await bench(harness)
      const { now } = it.clock
      await it.put('1', spilled(it.a))
      await it.put('2', spilled(it.a))
      const [one, two] = await it.claim(it.a)
      await it.done(one!)
      const attempt = { n: 1, at: now, ms: 1 }
      await it.settle({ lease: two!, outcome: { kind: 'retry', due: now + 9 }, attempt })
      expect(await list(it)).toMatchObject([
        { id: two!.id, state: 'waiting', due: now + 9, attempts: 1, firstAttempt: now },
      ])
    })

    test('they are found by route, key and the id of the event, and by all of them', async () => {
      const it = await bench(harness)
      const put = (id: string, key: string) =>
        it.append({
          ...event(''),
          record: recordOf(id),
          to: [it.a, it.b].map((route) => ({ route, lease: false, key })),
        })
      await put('x', 'k')
      await put('y', 'k')
      await put('xy', 'l')
      await put('x', 'l')
      const found = async (query: Partial<DeliveryQuery>) =>
        (await list(it, query)).map(({ record, route, key }) => [idOf(record), route, key])
      expect(await found({ routes: [it.a], key: 'k' })).toEqual([
        ['x', it.a, 'k'],
        ['y', it.a, 'k'],
      ])
      expect(await found({ routes: [it.b], eventId: 'x' })).toEqual([
        ['x', it.b, 'k'],
        ['x', it.b, 'l'],
      ])
      expect(await found({ routes: [it.b], eventId: 'x', key: 'l' })).toEqual([['x', it.b, 'l']])
      expect(await found({ eventId: 'z' })).toEqual([])
      expect(await found({ routes: [] })).toEqual([])
    })

    test('an id with quotes and other letters is found too', async () => {
      const it = await bench(harness)
      const id = 'a"\\ü\u2028😀'
      await it.append({ ...event('', spilled(it.a)), record: recordOf(id) })
      expect((await list(it, { eventId: id })).map(({ record }) => idOf(record))).toEqual([id])
    })

    test('a record comes whole only when asked for; else its head, without the data', async () => {
      const it = await bench(harness)
      const whole = recordOf('x', new Uint8Array(200_000).fill(7))
      await it.append({ ...event('', spilled(it.a)), record: whole.slice() })
      const [head] = await list(it)
      expect(head!.record!.length).toBeLessThan(1_000)
      expect(idOf(head!.record)).toBe('x')
      const [all] = await list(it, { data: true })
      expect(all!.record).toEqual(whole)
    })

    test('a record that cannot be read is listed all the same', async () => {
      const it = await bench(harness)
      await it.put('e', spilled(it.a))
      const [before] = await list(it)
      await it.damage(before!.id)
      expect(await list(it)).toMatchObject([{ id: before!.id, route: it.a }])
      expect(await list(it, { eventId: 'e' })).toEqual([])
    })

    test('page by page all are seen once', async () => {
      const it = await bench(harness)
      for (let n = 0; n < 7; n += 1) await it.put(`${n}`, spilled(it.a), spilled(it.b))
      const seen: string[] = []
      let after: string | undefined
      do {
        const page: { items: readonly ListedDelivery[]; next: string | undefined } =
          await it.storage.deliveries.list({ limit: 4, ...(after === undefined ? {} : { after }) })
        expect(page.items.length).toBeLessThanOrEqual(4)
        seen.push(...page.items.map(({ id }) => id))
        after = page.next
      } while (after !== undefined)
      expect(seen).toHaveLength(14)
      expect(new Set(seen).size).toBe(14)
    })

    test('a few among thousands are found, without more than is asked for', async () => {
      const it = await bench(harness)
      await it.append(...Array.from({ length: 3_000 }, () => event('e', spilled(it.a))))
      await it.put('rare', spilled(it.b))
      const page = await it.storage.deliveries.list({ routes: [it.b], limit: 9, data: true })
      expect(page.items.map(({ record }) => text(record))).toEqual(['rare'])
      expect(page.next).toBeUndefined()
    })

    test('cancelled, one that is not leased is gone, and its route is woken', async () => {
      const it = await bench(harness)
      await it.put('out', leased(it.a))
      await it.put('waits', spilled(it.a), spilled(it.b))
      await it.put('later', { route: it.a, lease: false, due: it.clock.now + 9 })
      const ids = (await list(it, { routes: [it.a] })).map(({ id }) => id)
      const woken = new Promise((resolve) => void it.storage.subscribe({ wake: resolve }))
      expect(await it.storage.deliveries.cancel([...ids, ids[1]!, '424242-1'])).toEqual(ids.slice(1))
      expect(await woken).toEqual([it.a])
      expect(await list(it)).toMatchObject([{ id: ids[0], state: 'leased' }, { route: it.b }])
      expect(await it.storage.deliveries.cancel(ids)).toEqual([])
      expect(await it.waiting(it.b)).toEqual(['waits'])
    })

    test('the head of a key cancelled, the next goes on', async () => {
      const it = await bench(harness)
      for (const name of ['1', '2', '3']) await it.put(name, { route: it.a, lease: false, key: 'k' })
      const ids = (await list(it)).map(({ id }) => id)
      await it.storage.deliveries.cancel([ids[1]!])
      expect(await it.waiting(it.a)).toEqual(['1'])
      await it.storage.deliveries.cancel([ids[0]!])
      expect((await it.claim(it.a)).map(textOf)).toEqual(['3'])
    })
  })
}

async function list(it: Bench, query: Partial<DeliveryQuery> = {}): Promise<readonly ListedDelivery[]> {
  return (await it.storage.deliveries.list({ limit: 100, ...query })).items
}

function recordOf(id: string, data = bytes('the data says "id":"z"')): Uint8Array {
  const attributes = { specversion: '1.0', id, source: '/s', type: 't' } as CloudEvent['attributes']
  return encodeRecord({ event: { attributes, data, dataForm: 'binary' }, headers: {}, acceptedAt: 1 })
}

function idOf(record: Uint8Array | undefined): unknown {
  return record === undefined ? undefined : decodeRecordHead(record).event.attributes.id
}
