import { readHttpEvent, type CloudEvent } from '@millrace/core'
import { describe, expect, test } from 'vitest'
import { toMessage } from '../../src/sink/to-message.ts'

/** Reads an event as it comes over HTTP. */
function event(headers: Readonly<Record<string, string>>, body = ''): CloudEvent {
  const read = readHttpEvent(Object.entries(headers).flat(), Buffer.from(body))
  if (read.kind !== 'events') throw new Error(JSON.stringify(read))
  return read.events[0]!
}

const least = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' }

function messageOf(of: CloudEvent, mode: 'binary' | 'structured' = 'binary', trace = {}) {
  const { data, ...rest } = toMessage({ event: of, trace }, mode)
  return { ...rest, data: data.toString() }
}

describe('binary mode', () => {
  test('attributes are attributes, the data is the data', () => {
    const full = {
      ...least,
      'ce-subject': 'Z%C3%BCrich',
      'ce-time': '2026-01-02T03:04:05.678901Z',
      'ce-dataschema': 'http://schema/',
      'ce-partitionkey': 'k%C3%A9',
      'content-type': 'application/json; charset=utf-8',
    }
    expect(messageOf(event(full, '{"a": 1}'))).toEqual({
      data: '{"a": 1}',
      orderingKey: 'ké',
      attributes: {
        'ce-specversion': '1.0',
        'ce-id': '1',
        'ce-source': '/s',
        'ce-type': 't',
        'ce-subject': 'Zürich',
        'ce-time': '2026-01-02T03:04:05.678901Z',
        'ce-dataschema': 'http://schema/',
        'ce-partitionkey': 'ké',
        'Content-Type': 'application/json; charset=utf-8',
      },
    })
  })

  test('an event without data, type or key is a message without', () => {
    expect(messageOf(event(least))).toEqual({
      data: '',
      attributes: { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' },
    })
  })

  test('values of the JSON format are text', () => {
    const body = '{"specversion":"1.0","id":"1","source":"/s","type":"t","n":7,"yes":true,"data":[1]}'
    expect(messageOf(event({ 'content-type': 'application/cloudevents+json' }, body))).toMatchObject({
      data: '[1]',
      attributes: { 'ce-n': '7', 'ce-yes': 'true', 'Content-Type': 'application/json' },
    })
  })

  test('the trace is among the attributes where there is one', () => {
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
    expect(messageOf(event(least), 'binary', trace).attributes).toMatchObject(trace)
  })
})

test('in structured mode the data is the whole event', () => {
  const keyed = { ...least, 'ce-partitionkey': 'k', 'content-type': 'application/json' }
  expect(messageOf(event(keyed, '{"a": 1}'), 'structured')).toEqual({
    orderingKey: 'k',
    attributes: { 'Content-Type': 'application/cloudevents+json' },
    data: '{"specversion":"1.0","id":"1","source":"/s","type":"t","partitionkey":"k","datacontenttype":"application/json","data":{"a": 1}}',
  })
})
