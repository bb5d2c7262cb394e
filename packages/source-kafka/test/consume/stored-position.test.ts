import type { Advance, Checkpoint } from '@millrace/source-sdk'
import { expect, test } from 'vitest'
import { beginAt, StoredPosition } from '../../src/consume/stored-position.ts'
import type { KafkaRecord } from '../../src/record/kafka-record.ts'
import { record } from '../records.ts'

const place = { topic: 'clicks', partition: 2 }
const key = 'position/clicks/2'

function recordsFrom(first: number, count: number): readonly KafkaRecord[] {
  return Array.from({ length: count }, (_, n) => ({ ...record(), offset: first + n }))
}

/** A store of one checkpoint, which members share. */
function shared(text?: string) {
  const values = new Map(text === undefined ? [] : [[key, text]])
  const stored: number[] = []
  const checkpoint: Checkpoint = {
    get: async (of = '') => (values.has(of) ? Buffer.from(values.get(of)!) : undefined),
    put: async (value, of = '') => void values.set(of, Buffer.from(value).toString()),
    delete: async (of = '') => void values.delete(of),
  }

  async function move({ key: of, from, to }: Advance): Promise<void> {
    if (values.get(of) === from) values.set(of, to(0))
  }

  async function member(offset: number, isAnew = false): Promise<StoredPosition> {
    const position = new StoredPosition(place, checkpoint, move)
    await position.open(offset, isAnew)
    return position
  }

  /** As the store does it. → what was new to it */
  async function put(position: StoredPosition, records: readonly KafkaRecord[]): Promise<void> {
    for (let left = position.unknown(records); left.length > 0; left = position.unknown(left))
      await position.behind(left, async ({ key: of, from, to }: Advance) => {
        if (values.get(of) !== from) return { moved: true }
        values.set(of, to(left.length))
        stored.push(...left.map(({ offset }) => offset))
        return {}
      })
  }
  const current = () => values.get(key)
  const offsets = () => current()?.split(' ').slice(0, 2).join(' ')
  return { checkpoint, member, put, stored, text: current, offsets }
}

test('what is read again after a crash is known', async () => {
  const { member, put, stored, offsets } = shared()
  await put(await member(0), recordsFrom(0, 5))
  expect(offsets()).toBe('5 0')
  await put(await member(0), recordsFrom(0, 7))
  expect([stored, offsets()]).toEqual([[0, 1, 2, 3, 4, 5, 6], '7 0'])
})

test('of two members that have the partition one stores a record, and each goes on behind the other', async () => {
  const { member, put, stored } = shared()
  const [one, two] = [await member(0), await member(0)]
  await put(one, recordsFrom(0, 3))
  await put(two, recordsFrom(0, 5))
  await put(one, recordsFrom(3, 4))
  await put(two, recordsFrom(5, 3))
  expect(stored).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('a group that was moved back in Kafka has its records stored again', async () => {
  const { member, put, stored } = shared()
  const first = await member(10)
  await put(first, recordsFrom(10, 2))
  first.committed = 12
  await put(first, recordsFrom(12, 2))
  // where it stood when the last was stored: only what is behind that is known
  await put(await member(12), recordsFrom(12, 2))
  expect(stored).toEqual([10, 11, 12, 13])
  await put(await member(10), recordsFrom(10, 4))
  expect(stored.slice(4)).toEqual([10, 11, 12, 13])
})

test('a group without a position knows nothing of what was stored before', async () => {
  const { member, put, stored } = shared('9 9')
  await put(await member(0, true), recordsFrom(0, 2))
  expect(stored).toEqual([0, 1])
})

test('a position that is moved back while it is read ends the run', async () => {
  const { checkpoint, member, put, stored } = shared()
  const reading = await member(0)
  await put(reading, recordsFrom(0, 3))
  await beginAt(checkpoint, place, 0)
  await expect(put(reading, recordsFrom(3, 1))).rejects.toMatchObject({
    kind: 'retryable',
    reason: 'PositionMoved',
  })
  expect(stored).toEqual([0, 1, 2])
})

test('what is found is made its own before anything is skipped by it: who wrote it cannot take it back', async () => {
  const { member, put, stored, text, offsets } = shared()
  await put(await member(0), recordsFrom(0, 5))
  const written = text()
  const second = await member(0)
  expect([offsets(), text() === written]).toEqual(['5 0', false])
  expect(second.unknown(recordsFrom(0, 6)).map(({ offset }) => offset)).toEqual([5])
  await put(second, recordsFrom(0, 6))
  expect(stored).toEqual([0, 1, 2, 3, 4, 5])
})

test('what is found where another was first is made its own, too', async () => {
  const { member, put, text } = shared()
  const [one, two] = [await member(0), await member(0)]
  await put(one, recordsFrom(0, 3))
  const written = text()
  await put(two, recordsFrom(0, 3))
  expect([text() === written, text()?.startsWith('3 0 ')]).toEqual([false, true])
})

test('two members that write the same offsets write different texts', async () => {
  const [one, two] = [shared(), shared()]
  for (const each of [one, two]) await each.put(await each.member(0), recordsFrom(0, 2))
  expect([one.offsets(), one.text() === two.text()]).toEqual(['2 0', false])
})

test('a text of two offsets alone is known, and claimed', async () => {
  const { member, put, stored, text } = shared('5 3')
  await put(await member(3), recordsFrom(3, 4))
  expect([stored, text()?.startsWith('7 3 ')]).toEqual([[5, 6], true])
})

test('what was taken back before it could be claimed is not skipped', async () => {
  const { checkpoint, put, stored, raced } = { ...shared('5 0'), raced: [] as string[] }
  const position = new StoredPosition(place, checkpoint, async ({ from, to }) => {
    raced.push(from ?? '')
    const next = raced.length === 1 ? '3 0' : to(0)
    await checkpoint.put(Buffer.from(next), key)
  })
  await position.open(0, false)
  await put(position, recordsFrom(0, 5))
  expect([raced, stored]).toEqual([
    ['5 0', '3 0'],
    [3, 4],
  ])
})

test('a position that nobody can take over ends the run', async () => {
  const { checkpoint } = shared('5 0')
  const position = new StoredPosition(place, checkpoint, async () => undefined)
  await expect(position.open(0, false)).rejects.toMatchObject({ kind: 'retryable', reason: 'PositionInUse' })
})
