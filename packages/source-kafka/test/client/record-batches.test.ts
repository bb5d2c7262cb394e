// @ts-expect-error -- kafkajs has no types of its inner parts
import Decoder from 'kafkajs/src/protocol/decoder.js'
// @ts-expect-error -- kafkajs has no types of its inner parts
import encodeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js'
// @ts-expect-error -- kafkajs has no types of its inner parts
import { RecordBatch } from 'kafkajs/src/protocol/recordBatch/v0/index.js'
// @ts-expect-error -- kafkajs has no types of its inner parts
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import fc from 'fast-check'
import type { KafkaMessage } from 'kafkajs'
import { expect, test } from 'vitest'
import { readRecordBatches, type BatchRecord } from '../../src/client/record-batches.ts'

interface Written {
  readonly offsetDelta: number
  readonly timestampDelta: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | string[]>>
}

interface Batch {
  readonly firstOffset: number
  readonly firstTimestamp: number
  readonly compression: 0 | 1
  readonly transactional: boolean
  readonly producerId: number
  readonly records: readonly Written[]
}

const place = { topic: 't', partition: 3 }
const attributesAt = 22
const gzip = { decompress: (_: number, bytes: Buffer) => promisify(gunzip)(bytes) }

const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each))
const text = fc.string({ maxLength: 20, unit: 'grapheme' })
const written: fc.Arbitrary<Written> = fc.record({
  offsetDelta: fc.nat(2 ** 31 - 1),
  timestampDelta: fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(
    fc.string({ maxLength: 8 }).map((name) => `h-${name}`),
    fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })),
    { maxKeys: 3 },
  ),
})
const batch: fc.Arbitrary<Batch> = fc.record({
  firstOffset: fc.nat(2 ** 52),
  firstTimestamp: fc.oneof(fc.constant(-1), fc.nat(2 ** 50)),
  compression: fc.constantFrom(0 as const, 1 as const),
  transactional: fc.boolean(),
  producerId: fc.integer({ min: -1 }),
  records: fc.array(written, { maxLength: 5 }),
})

async function encoded({ records, ...head }: Batch): Promise<Buffer> {
  const encode = encodeRecord as (record: Written) => object
  const make = RecordBatch as (batch: object) => Promise<{ buffer: Buffer }>
  return Buffer.from((await make({ ...head, records: records.map(encode) })).buffer)
}

/** As kafkajs reads them. */
async function readByKafkaJs(all: Buffer): Promise<object[]> {
  const size = Buffer.alloc(4)
  size.writeInt32BE(all.length)
  const decoder: unknown = new (Decoder as new (bytes: Buffer) => object)(Buffer.concat([size, all]))
  const messages = await (decodeMessages as (decoder: unknown) => Promise<(KafkaMessage & BatchRecord)[]>)(
    decoder,
  )
  return messages.map(({ offset, timestamp, key, value, headers, isControlRecord, batchContext }) => ({
    ...place,
    offset: Number(offset),
    timestampMs: Number(timestamp),
    key: key as Buffer | null,
    value: value as Buffer | null,
    headers: Object.entries(headers).flatMap(([name, values]) =>
      (Array.isArray(values) ? values : [values]).map((each) => [name, each]),
    ),
    isControlRecord,
    batchContext: {
      producerId: batchContext.producerId,
      inTransaction: batchContext.inTransaction,
    },
  }))
}

function read(all: Buffer): Promise<BatchRecord[]> {
  return readRecordBatches(all, place, gzip.decompress)
}

test('batches are read as kafkajs reads them, whatever is in them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const all = Buffer.concat(await Promise.all(batches.map(encoded)))
      expect(await read(all)).toEqual(await readByKafkaJs(all))
    }),
  )
})

const one: Batch = {
  firstOffset: 40,
  firstTimestamp: 1_000,
  compression: 0,
  transactional: false,
  producerId: -1,
  records: [
    {
      offsetDelta: 2,
      timestampDelta: 5,
      key: null,
      value: Buffer.from('v'),
      headers: { a: ['1', '2'], b: '' },
    },
  ],
}

test('a record has its place, its time, and headers in their order', async () => {
  expect(await read(await encoded(one))).toEqual([
    {
      ...place,
      offset: 42,
      timestampMs: 1_005,
      key: null,
      value: Buffer.from('v'),
      headers: [
        ['a', Buffer.from('1')],
        ['a', Buffer.from('2')],
        ['b', Buffer.alloc(0)],
      ],
      isControlRecord: false,
      batchContext: { producerId: '-1', inTransaction: false },
    },
  ])
})

test('where the topic has the time of the append, a record has it', async () => {
  const all = await encoded(one)
  all.writeUInt8(0x08, attributesAt)
  all.writeBigInt64BE(9_000n, 35)
  expect(await read(all)).toMatchObject([{ timestampMs: 9_000 }])
})

test('the end of a transaction is no record for readers', async () => {
  const all = await encoded(one)
  all.writeUInt8(0x30, attributesAt)
  expect(await read(all)).toMatchObject([{ isControlRecord: true, batchContext: { inTransaction: true } }])
})

test('a batch that is cut off is left for the next fetch', async () => {
  const [first, second] = [await encoded(one), await encoded({ ...one, firstOffset: 50 })]
  const cut = [...second.keys()].map((length) => Buffer.concat([first, second.subarray(0, length)]))
  for (const all of cut) expect((await read(all)).map(({ offset }) => offset)).toEqual([42])
})

test('a record that goes beyond its batch is an error, not another record', async () => {
  const all = await encoded(one)
  // the length of the record, zigzag
  all.writeUInt8(120, 61)
  await expect(read(all)).rejects.toThrow('the record t/3/42 is damaged')
})
