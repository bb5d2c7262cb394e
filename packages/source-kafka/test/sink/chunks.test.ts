import { describe, expect, test } from 'vitest'
import { chunksOf } from '../../src/sink/chunks.ts'

function record(bytes: number) {
  return { topic: 't', key: null, value: new Uint8Array(bytes), headers: [] }
}

function sizes(...all: readonly number[]): number[][] {
  return chunksOf(all.map(record)).map((chunk) => chunk.map(({ value }) => value?.length ?? 0))
}

describe('what goes to Kafka in one request', () => {
  test('is at most 900 KiB, in order', () => {
    expect(sizes(500_000, 400_000, 30_000, 1)).toEqual([
      [500_000, 400_000],
      [30_000, 1],
    ])
  })

  test('what is larger goes alone, and Kafka says whether it takes it', () => {
    expect(sizes(1, 2_000_000, 1)).toEqual([[1], [2_000_000], [1]])
  })

  test('counts keys and headers', () => {
    const headers = [['ce_a', 'é'.repeat(300_000)]] as const
    const heavy = { ...record(1), key: new Uint8Array(200_000), headers }
    expect(chunksOf([heavy, heavy]).map(({ length }) => length)).toEqual([1, 1])
  })

  test('is nothing for nothing', () => {
    expect(chunksOf([])).toEqual([])
  })
})
