import { expect, test } from 'vitest'
import { Lane } from '../../src/consume/lane.ts'
import type { KafkaRecord } from '../../src/record/kafka-record.ts'
import { record } from '../records.ts'

function recordsFrom(first: number, count: number): KafkaRecord[] {
  return Array.from({ length: count }, (_, n) => ({ ...record(), offset: first + n }))
}

/** A lane whose steps end when a test says so. */
function lane({ after = Promise.resolve() } = {}) {
  const under: { readonly offsets: readonly number[]; readonly ends: PromiseWithResolvers<void> }[] = []
  const failures: unknown[] = []
  const made = new Lane({
    after,
    store(records) {
      const ends = Promise.withResolvers<void>()
      under.push({ offsets: records.map(({ offset }) => offset), ends })
      return ends.promise
    },
    failed: (error) => failures.push(error),
  })
  return { lane: made, under, failures }
}

/** Whatever was resolved has had its consequences. */
const turn = () => new Promise(setImmediate)

test('the position never passes what is not stored: a step begins when the one before it has ended', async () => {
  const { lane: own, under } = lane()
  await turn()
  void own.take(recordsFrom(0, 1_000), 1_000)
  void own.take(recordsFrom(1_000, 10), 1_010)
  const begun = () => under.map(({ offsets }) => [offsets[0], offsets.length])
  expect([begun(), own.position]).toEqual([[[0, 1_000]], undefined])
  under[0]?.ends.resolve()
  await turn()
  expect([begun().slice(1), own.position]).toEqual([[[1_000, 10]], 1_000])
  under[1]?.ends.resolve()
  await turn()
  expect(own.position).toBe(1_010)
})

test('where offsets go back, another step begins', async () => {
  const { lane: own, under } = lane()
  await turn()
  void own.take(recordsFrom(7, 2), 9)
  void own.take(recordsFrom(9, 1), 10)
  void own.take(recordsFrom(0, 2), 2)
  for (const step of [0, 1]) {
    under[step]?.ends.resolve()
    await turn()
  }
  expect(under.map(({ offsets }) => offsets)).toEqual([[7, 8], [9], [0, 1]])
  under[2]?.ends.resolve()
  await turn()
  expect(own.position).toBe(2)
})

test('what is no record is passed when all before it is stored', async () => {
  const { lane: own, under } = lane()
  await turn()
  await own.take([], 3)
  expect(own.position).toBe(3)
  // a transaction's marker behind two records, then two markers alone
  await own.take(recordsFrom(3, 2), 6)
  await own.take([], 8)
  expect(own.position).toBe(3)
  under[0]?.ends.resolve()
  await turn()
  expect(own.position).toBe(8)
})

test('what waits when it is stopped is not passed', async () => {
  const { lane: own, under } = lane()
  await turn()
  void own.take(recordsFrom(0, 1_000), 1_000)
  void own.take(recordsFrom(1_000, 5), 1_006)
  own.stop()
  under[0]?.ends.resolve()
  await own.idle
  expect(own.position).toBe(1_000)
  await own.take([], 2_000)
  expect([own.position, under.length]).toEqual([1_000, 1])
})

test('what could not be stored is not passed, and said', async () => {
  const { lane: own, under, failures } = lane()
  await turn()
  void own.take(recordsFrom(0, 3), 4)
  under[0]?.ends.reject(new Error('no room'))
  await own.idle
  expect([own.position, failures]).toEqual([undefined, [new Error('no room')]])
})

test('the records of one fetch may wait behind it, those of a second wait to be taken', async () => {
  const { lane: own, under } = lane()
  await turn()
  let taken = 0
  const take = (first: number) => own.take(recordsFrom(first, 1_000), first + 1_000).then(() => (taken += 1))
  void take(0)
  void take(1_000)
  void take(2_000)
  await turn()
  expect([taken, under.length]).toEqual([2, 1])
  under[0]?.ends.resolve()
  await turn()
  expect([taken, under.length]).toEqual([3, 2])
})

test('it begins when the lane before it has come to its end', async () => {
  const before = Promise.withResolvers<void>()
  const { lane: own, under } = lane({ after: before.promise })
  void own.take(recordsFrom(0, 1), 1)
  await turn()
  expect(under).toEqual([])
  before.resolve()
  await turn()
  expect(under).toHaveLength(1)
})
