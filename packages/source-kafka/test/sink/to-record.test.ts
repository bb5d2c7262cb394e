import { readHttpEvent, type CloudEvent } from '@millrace/core'
import { Kafka } from 'cloudevents'
import { describe, expect, test } from 'vitest'
import { toRecord } from '../../src/sink/to-record.ts'

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString()
}

/** Reads an event as it comes over HTTP. */
function event(headers: Readonly<Record<string, string>>, body = ''): CloudEvent {
  const read = readHttpEvent(Object.entries(headers).flat(), Buffer.from(body))
  if (read.kind !== 'events') throw new Error(JSON.stringify(read))
  return read.events[0]!
}

const least = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' }

function recordOf(of: CloudEvent, mode: 'binary' | 'structured' = 'binary', trace = {}) {
  const { key, value, headers, topic } = toRecord({ event: of, trace }, 'orders', mode)
  return { topic, key: text(key), value: text(value), headers: Object.fromEntries(headers) }
}

describe('binary mode', () => {
  test('attributes are headers, the value is the data', () => {
    const full = {
      ...least,
      'ce-subject': 'sub',
      'ce-time': '2026-01-02T03:04:05.678901Z',
      'ce-dataschema': 'http://schema/',
      'ce-myext': 'x',
      'content-type': 'application/json; charset=utf-8',
    }
    expect(recordOf(event(full, '{"a": 1}'))).toEqual({
      topic: 'orders',
      key: null,
      value: '{"a": 1}',
      headers: {
        ce_specversion: '1.0',
        ce_id: '1',
        ce_source: '/s',
        ce_type: 't',
        ce_subject: 'sub',
        ce_time: '2026-01-02T03:04:05.678901Z',
        ce_dataschema: 'http://schema/',
        ce_myext: 'x',
        'content-type': 'application/json; charset=utf-8',
      },
    })
  })

  test('text is UTF-8, without the escapes of HTTP', () => {
    const { headers } = recordOf(event({ ...least, 'ce-subject': 'Z%C3%BCrich %E2%82%AC 100%25' }))
    expect(headers['ce_subject']).toBe('Zürich € 100%')
  })

  test('the key is partitionkey, which stays an attribute', () => {
    const { key, headers } = recordOf(event({ ...least, 'ce-partitionkey': 'k%C3%A9' }))
    expect(key).toBe('ké')
    expect(headers['ce_partitionkey']).toBe('ké')
  })

  test('an event without data has a null value', () => {
    expect(recordOf(event(least)).value).toBeNull()
  })

  test.each([
    ['application/json', '{"a":1.0}', '{"a":1.0}', 'application/json'],
    [undefined, '[1]', '[1]', 'application/json'],
    ['text/plain', '"l\\u00edne"', 'líne', 'text/plain'],
  ])('of an event in the JSON format with datacontenttype %s', (type, data, value, contentType) => {
    const more = type === undefined ? '' : `,"datacontenttype":"${type}"`
    const body = `{"specversion":"1.0","id":"1","source":"/s","type":"t"${more},"n":7,"yes":true,"data":${data}}`
    expect(recordOf(event({ 'content-type': 'application/cloudevents+json' }, body))).toMatchObject({
      value,
      headers: { ce_n: '7', ce_yes: 'true', 'content-type': contentType },
    })
  })

  test('the trace is in headers, too, where there is one', () => {
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
    expect(recordOf(event(least), 'binary', trace).headers).toMatchObject(trace)
  })

  test('is read by the SDK of CloudEvents', () => {
    const { key, value, headers } = recordOf(
      event(
        { ...least, 'ce-partitionkey': 'k', 'ce-myext': '%C3%A9', 'content-type': 'application/json' },
        '{"a":1}',
      ),
    )
    const message = { key, value, headers, body: value, timestamp: '0' }
    const read = Kafka.toEvent(message as unknown as Parameters<typeof Kafka.toEvent>[0])
    expect(read).toMatchObject({
      id: '1',
      source: '/s',
      type: 't',
      partitionkey: 'k',
      myext: 'é',
      data: { a: 1 },
    })
  })
})

describe('structured mode', () => {
  test('the value is the whole event', () => {
    const { key, value, headers } = recordOf(
      event({ ...least, 'ce-partitionkey': 'k', 'content-type': 'application/json' }, '{"a": 1}'),
      'structured',
    )
    expect(key).toBe('k')
    expect(headers).toEqual({ 'content-type': 'application/cloudevents+json' })
    expect(value).toBe(
      '{"specversion":"1.0","id":"1","source":"/s","type":"t","partitionkey":"k","datacontenttype":"application/json","data":{"a": 1}}',
    )
  })

  test('an event without data has a value all the same', () => {
    expect(recordOf(event(least), 'structured').value).toBe(
      '{"specversion":"1.0","id":"1","source":"/s","type":"t"}',
    )
  })
})
