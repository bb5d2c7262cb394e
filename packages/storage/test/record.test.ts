import type { EventRecord } from '@millrace/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeRecord, encodeRecord, UnreadableRecordError } from '../src/record.ts'

const record: EventRecord = {
  event: {
    attributes: bare({ specversion: '1.0', id: '1', source: '/s', type: 't', n: 7, yes: true }),
    data: new TextEncoder().encode('{ "big": 12345678901234567890 }'),
    dataForm: 'json',
  },
  headers: { traceparent: '00-1-2-01' },
  acceptedAt: 1_700_000_000_000,
}

function bare<T extends object>(attributes: T): T {
  return Object.assign(Object.create(null), attributes)
}

const attributes = fc
  .dictionary(
    fc.string({ unit: 'binary' }),
    fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean()),
  )
  .map(bare)
const event = fc.record({
  attributes,
  data: fc.option(fc.uint8Array(), { nil: undefined }),
  dataForm: fc.constantFrom('json' as const, 'binary' as const),
})
const records = fc
  .record({ event, headers: fc.dictionary(fc.string(), fc.string()), acceptedAt: fc.nat() })
  .filter(({ event: { data, dataForm } }) => data !== undefined || dataForm === 'binary')

describe('the stored form', () => {
  test('what was encoded is decoded unchanged, to the byte', () => {
    fc.assert(
      fc.property(records, (it) => {
        expect(decodeRecord(encodeRecord(it))).toEqual(it)
      }),
    )
  })

  test('a failure is kept with the record', () => {
    const failure = {
      route: '/a/b|Trigger|a/t|subscriber',
      reason: '503',
      code: 503,
      destination: 'http://x/',
      attempts: 3,
      firstAttempt: 1,
      lastAttempt: 2,
    }
    expect(decodeRecord(encodeRecord({ ...record, failure }))).toEqual({ ...record, failure })
  })

  test('an attached event is kept with the record, each with its own data', () => {
    const attached = records.map((other) => ({ as: 'original' as const, ...other }))
    fc.assert(
      fc.property(records, attached, (it, other) => {
        expect(decodeRecord(encodeRecord({ ...it, attached: other }))).toEqual({ ...it, attached: other })
      }),
    )
  })

  test('a record that ends before the data of its attached event is unreadable', () => {
    const bytes = encodeRecord({
      ...record,
      event: { ...record.event, data: undefined },
      attached: { as: 'reply', ...record },
    })
    expect(() => decodeRecord(bytes.subarray(0, -1))).toThrow(UnreadableRecordError)
  })

  test('no data and empty data stay apart', () => {
    const without = { ...record, event: { ...record.event, data: undefined, dataForm: 'binary' as const } }
    const empty = {
      ...record,
      event: { ...record.event, data: new Uint8Array(), dataForm: 'binary' as const },
    }
    expect(decodeRecord(encodeRecord(without)).event.data).toBeUndefined()
    expect(decodeRecord(encodeRecord(empty)).event.data).toEqual(new Uint8Array())
  })

  test('attributes inherit nothing, so that no name means anything but what was sent', () => {
    const back = decodeRecord(encodeRecord(record)).event.attributes
    expect('toString' in back).toBe(false)
    expect(back['constructor']).toBeUndefined()
  })

  test('an attribute named __proto__ is only an attribute', () => {
    const odd = bare(JSON.parse('{"__proto__":"x"}') as Record<string, string>)
    const back = decodeRecord(encodeRecord({ ...record, event: { ...record.event, attributes: odd } }))
    expect(Object.keys(back.event.attributes)).toEqual(['__proto__'])
  })

  test('a record inside a larger buffer is read where it lies', () => {
    const bytes = encodeRecord(record)
    const larger = new Uint8Array(bytes.length + 20).fill(255)
    larger.set(bytes, 7)
    expect(decodeRecord(larger.subarray(7, 7 + bytes.length))).toEqual(record)
  })

  test('the data is a view of the stored bytes, not a copy', () => {
    const bytes = encodeRecord(record)
    expect(decodeRecord(bytes).event.data?.buffer).toBe(bytes.buffer)
  })

  test.each([
    ['too short', (bytes: Uint8Array) => bytes.subarray(0, 4)],
    ['empty', () => new Uint8Array()],
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, 40)],
    ['of a newer version', (bytes: Uint8Array) => bytes.with(0, 2)],
    ['not JSON', (bytes: Uint8Array) => bytes.with(6, 0)],
    ['not UTF-8', (bytes: Uint8Array) => bytes.with(10, 0xff)],
    ['without attributes', () => withMeta('{"headers":{},"acceptedAt":1}')],
    ['without headers', () => withMeta('{"attributes":{},"acceptedAt":1}')],
    ['without a time', () => withMeta('{"attributes":{},"headers":{}}')],
    ['null', () => withMeta('null')],
  ])('a record that is %s is refused as unreadable', (_what, damage) => {
    expect(() => decodeRecord(damage(encodeRecord(record)))).toThrow(UnreadableRecordError)
  })

  test('whatever the bytes are, decoding gives a record or says that it is unreadable', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.tuple(fc.nat(200), fc.nat(255)).map(([at, to]) => encodeRecord(record).with(at % 150, to)),
    )
    fc.assert(
      fc.property(bytes, (it) => {
        try {
          decodeRecord(it)
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableRecordError)
        }
      }),
    )
  })
})

function withMeta(text: string): Uint8Array {
  const meta = new TextEncoder().encode(text)
  const bytes = new Uint8Array(5 + meta.length)
  bytes[0] = 1
  new DataView(bytes.buffer).setUint32(1, meta.length)
  bytes.set(meta, 5)
  return bytes
}
