import { checkEvent } from '@millrace/core'
import { describe, expect, it } from 'vitest'
import type { KeyType } from '../src/record/record-key.ts'
import { toEvent } from '../src/to-event.ts'
import { record } from './records.ts'

const named = { namespace: 'shop', name: 'front' }

function read(parts: Parameters<typeof record>[0], keyType: KeyType = 'string') {
  const { event, malformed } = toEvent(named, record(parts), keyType)
  expect(checkEvent(event)).toBeUndefined()
  const data = event.data === undefined ? undefined : new TextDecoder().decode(event.data)
  return { attributes: { ...event.attributes }, data, malformed }
}

const plain = {
  specversion: '1.0',
  id: 'partition:2/offset:41',
  source: '/apis/v1/namespaces/shop/kafkasources/front#clicks',
  type: 'dev.knative.kafka.event',
  subject: 'partition:2#41',
  time: '2026-11-22T21:30:00.005Z',
  knativekafkapartition: '2',
  knativekafkaoffset: '41',
}

describe('a plain record', () => {
  it('has Knative’s attributes and its own bytes', () => {
    expect(read({})).toEqual({ attributes: plain, data: '{"a":1}', malformed: undefined })
  })

  it('has its key twice, its content type once, and its headers by their letters and digits', () => {
    const headers = [
      ['Content-Type', 'application/json'],
      ['X-Trace_Id.2', 'abc'],
      ['größe', 'L'],
      ['---', 'nothing is left of the name'],
    ] as const
    expect(read({ key: 'user-7', headers }).attributes).toEqual({
      ...plain,
      key: 'user-7',
      partitionkey: 'user-7',
      datacontenttype: 'application/json',
      kafkaheaderxtraceid2: 'abc',
      kafkaheadergre: 'L',
    })
  })

  it('that is a tombstone is an event without data', () => {
    expect(read({ key: 'gone', value: null })).toMatchObject({ data: undefined, attributes: { key: 'gone' } })
  })

  it('without a time has none', () => {
    expect(read({ timestampMs: -1 }).attributes).not.toHaveProperty('time')
  })

  it('with a content type that is none says so', () => {
    const { attributes } = read({ headers: [['content-type', 'json']] })
    expect(attributes).not.toHaveProperty('datacontenttype')
    expect(attributes['millracereason']).toBe(
      'datacontenttype is "json", it must be a media type, such as "application/json"',
    )
  })

  it('has its header’s last value, and no control characters', () => {
    const headers = [
      ['a', 'first'],
      ['a', 'se\u0000cond'],
    ] as const
    expect(read({ headers }).attributes['kafkaheadera']).toBe('se\uFFFDcond')
  })
})

describe('the key of a record', () => {
  it.each([
    ['string', Buffer.from('schlüssel'), 'schlüssel'],
    ['int', Buffer.from([0, 0, 1, 2]), '258'],
    ['int', Buffer.from([0xff, 0xff, 0xff, 0xff]), '-1'],
    ['int', Buffer.from([1, 2, 3]), 'AQID'],
    ['float', Buffer.from([0x3d, 0xcc, 0xcc, 0xcd]), '0.1'],
    ['float', Buffer.from([0x40, 0x49, 0x0f, 0xdb]), '3.1415927'],
    ['float', Buffer.from([0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]), '0.1'],
    ['float', Buffer.from([1]), 'AQ=='],
    ['byte-array', Buffer.from('abc'), 'YWJj'],
  ] as const)('of type %s: %o is %s', (type, key, text) => {
    expect(read({ key }, type).attributes).toMatchObject({ key: text, partitionkey: text })
  })

  it('that is not there is no attribute', () => {
    const { attributes } = read({})
    expect(attributes).not.toHaveProperty('key')
    expect(attributes).not.toHaveProperty('partitionkey')
  })
})

const binary = [
  ['ce_specversion', '1.0'],
  ['ce_id', 'a-1'],
  ['ce_source', '/orders'],
  ['ce_type', 'order.placed'],
] as const

describe('a record that is a CloudEvent', () => {
  it('in binary mode is as it is, with its place', () => {
    const headers = [
      ...binary,
      ['ce_note', '50 % größer'],
      ['content-type', 'text/plain'],
      ['x', 'y'],
    ] as const
    expect(read({ key: 'k', value: 'hello', headers })).toEqual({
      attributes: {
        specversion: '1.0',
        id: 'a-1',
        source: '/orders',
        type: 'order.placed',
        note: '50 % größer',
        datacontenttype: 'text/plain',
        knativekafkapartition: '2',
        knativekafkaoffset: '41',
      },
      data: 'hello',
      malformed: undefined,
    })
  })

  it('in binary mode without a value has no data', () => {
    expect(read({ value: null, headers: binary }).data).toBeUndefined()
  })

  it('in structured mode is as it is, with its place', () => {
    const event = {
      specversion: '1.0',
      id: 'a-2',
      source: '/orders',
      type: 'order.placed',
      datacontenttype: 'application/json',
      data: { total: 3 },
    }
    const headers = [['content-type', 'application/cloudevents+json; charset=UTF-8']] as const
    const { data: _, ...attributes } = event
    expect(read({ value: JSON.stringify(event), headers })).toEqual({
      attributes: { ...attributes, knativekafkapartition: '2', knativekafkaoffset: '41' },
      data: '{"total":3}',
      malformed: undefined,
    })
  })
})

describe('a record that claims to be a CloudEvent and is none goes on by the plain mapping, with the reason', () => {
  it.each([
    ['without its id', binary.filter(([name]) => name !== 'ce_id'), 'ce_id is missing'],
    ['with an attribute twice', [...binary, ['ce_id', 'b']], 'ce_id is given twice'],
    [
      'with bytes that are no text',
      [...binary, ['ce_x', Buffer.from([0xff])]],
      'the bytes of ce_x are not UTF-8',
    ],
    [
      'of another version',
      binary.map(([n, v]) => [n, n === 'ce_specversion' ? '2.0' : v]),
      'specversion is "2.0"',
    ],
    ['with a bad name', [...binary, ['ce_a-b', 'x']], '"a-b"'],
    ['with data in a header', [...binary, ['ce_data', 'x']], 'ce_data must not be sent'],
    ['that is no JSON', [['content-type', 'application/cloudevents+json']], 'specversion, id, source, type'],
    ['in a format that is not read', [['content-type', 'application/cloudevents+avro']], 'cloudevents+avro'],
    ['that is a batch', [['content-type', 'application/cloudevents-batch+json']], 'cloudevents-batch+json'],
  ] as [string, [string, string | Uint8Array][], string][])('%s', (_, headers, reason) => {
    const { attributes, data, malformed } = read({ headers })
    expect(attributes).toMatchObject(plain)
    expect(attributes).not.toHaveProperty('datacontenttype')
    expect(attributes['millracereason']).toContain(reason)
    expect(malformed).toBe(attributes['millracereason'])
    expect(data).toBe('{"a":1}')
  })

  it('and keeps a content type that is not CloudEvents’ own', () => {
    const headers = [
      ['ce_specversion', '1.0'],
      ['content-type', 'text/plain'],
    ] as const
    expect(read({ headers }).attributes).toMatchObject({
      datacontenttype: 'text/plain',
      kafkaheadercespecversion: '1.0',
      millracereason: 'ce_id, ce_source, ce_type are missing',
    })
  })
})
