import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GrowingBuffer } from '../src/growing-buffer.ts'

test('it holds all pieces in their order, and leaves them as they came', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 50 }),
      fc.nat(3_000),
      (pieces, announced) => {
        const before = pieces.map((piece) => Buffer.from(piece))
        const buffer = new GrowingBuffer(announced)
        for (const piece of pieces) buffer.add(piece)
        expect(Buffer.from(buffer.bytes)).toEqual(Buffer.concat(before))
        expect(buffer.length).toBe(Buffer.concat(before).length)
        expect(pieces.map((piece) => Buffer.from(piece))).toEqual(before)
      },
    ),
  )
})

test('one piece is not copied', () => {
  const piece = Uint8Array.of(1, 2, 3)
  const buffer = new GrowingBuffer()
  buffer.add(piece)
  expect(buffer.bytes.buffer).toBe(piece.buffer)
})

test('a mebibyte in pieces of one byte takes no more than itself', () => {
  const buffer = new GrowingBuffer(2 ** 40)
  for (let n = 0; n < 1_048_576; n += 1) buffer.add(Uint8Array.of(n & 255))
  expect(buffer.length).toBe(1_048_576)
  expect(buffer.bytes.buffer.byteLength).toBe(1_048_576)
})

test('an announcement that is kept is room enough; without one, and with one that is not kept, some is over', () => {
  const isExact = (announced: number): boolean => {
    const buffer = new GrowingBuffer(announced)
    for (let piece = 0; piece < 3; piece += 1) buffer.add(new Uint8Array(1_000))
    expect(buffer.bytes.buffer.byteLength).toBe(3_000)
    // room that is over is cut off, anew for each who asks
    return buffer.bytes === buffer.bytes
  }
  expect([3_000, 0, 2_500, 100_000, Number.NaN].map(isExact)).toEqual([true, false, false, false, false])
})
