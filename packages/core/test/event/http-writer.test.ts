import { toHttp, withAttributes } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { eventOf, header, readBinary, readStructured, asText } from './http-messages.ts'

describe('format', () => {
  const small = eventOf(readBinary({ 'content-type': 'application/json' }, '{"a":1}'))

  test('json is structured mode', () => {
    const message = toHttp(small, 'json')
    expect(message.headers).toEqual(['content-type', 'application/cloudevents+json'])
    expect(asText(message.body)).toBe(
      '{"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"application/json","data":{"a":1}}',
    )
  })

  test('binary is binary mode, whatever came', () => {
    const message = toHttp(eventOf(readStructured({ n: 5, b: true, data: [1] })), 'binary')
    expect(message.headers.join(' ')).toBe(
      'ce-specversion 1.0 ce-id 1 ce-source /s ce-type t ce-n 5 ce-b true content-type application/json',
    )
    expect(asText(message.body)).toBe('[1]')
  })

  test('unset is binary', () => {
    expect(header(toHttp(small, undefined), 'ce-id')).toBe('1')
  })

  test('unset is structured where the headers would exceed 8 KiB', () => {
    const used = toHttp(small, 'binary').headers.reduce((sum, text) => sum + text.length + 2, 0)
    const room = 8_192 - used - 'ce-ext'.length - 4
    expect(header(toHttp(withAttributes(small, { ext: 'x'.repeat(room) }), undefined), 'ce-id')).toBe('1')
    const over = toHttp(withAttributes(small, { ext: 'x'.repeat(room + 1) }), undefined)
    expect(header(over, 'content-type')).toBe('application/cloudevents+json')
    expect(header(toHttp(withAttributes(small, { ext: 'x'.repeat(9_000) }), 'binary'), 'ce-id')).toBe('1')
  })

  test('an attribute can be left out', () => {
    const event = withAttributes(small, { knativebrokerttl: 254 })
    const options = { omit: 'knativebrokerttl' }
    expect(header(toHttp(event, 'binary', options), 'ce-knativebrokerttl')).toBeUndefined()
    expect(asText(toHttp(event, 'json', options).body)).not.toContain('knativebrokerttl')
    expect(header(toHttp(event, 'binary'), 'ce-knativebrokerttl')).toBe('254')
  })
})

test('what comes in binary and leaves binary has the same bytes', () => {
  const read = eventOf(readBinary({ 'content-type': 'application/json' }, ' {"a": 1.0, "a":1e2}\n'))
  expect(toHttp(read, 'binary').body).toBe(read.data)
})

test('text of an attribute is percent-coded', () => {
  const message = toHttp(eventOf(readStructured({ subject: 'Euro € 😀 "100%"' })), 'binary')
  expect(header(message, 'ce-subject')).toBe('Euro%20%E2%82%AC%20%F0%9F%98%80%20%22100%25%22')
})

test('a 0.3 event is delivered as 0.3', () => {
  const read = eventOf(
    readBinary({ 'ce-specversion': '0.3', 'ce-schemaurl': '/x', 'content-type': 'text/plain' }, 'ä'),
  )
  expect(header(toHttp(read, 'binary'), 'ce-specversion')).toBe('0.3')
  expect(JSON.parse(asText(toHttp(read, 'json').body) ?? '')).toMatchObject({
    specversion: '0.3',
    schemaurl: '/x',
    data: 'ä',
  })
})
