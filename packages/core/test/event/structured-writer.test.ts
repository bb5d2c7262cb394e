import { structuredText, toBatch, toStructured } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import {
  asBytes,
  asText,
  eventOf,
  rawHeaders,
  readBinary,
  readStructured,
  required,
  single,
} from './http-messages.ts'

describe('data of a binary event', () => {
  test.each([
    ['application/json', '{"a": 1.0}', '"data":{"a": 1.0}'],
    ['application/vnd.x+json', '"hi"', '"data":"hi"'],
    ['application/json', '12345678901234567890', '"data":12345678901234567890'],
    ['text/plain', 'a "b" € \u0001', '"data":"a \\"b\\" € \\u0001"'],
    ['application/xml; charset=utf-8', '<a/>', '"data":"<a/>"'],
    ['text/plain', '\ufeffa', '"data":"\ufeffa"'],
    ['application/octet-stream', 'hello', '"data_base64":"aGVsbG8="'],
    ['text/plain; charset=iso-8859-1', 'hello', '"data_base64":"aGVsbG8="'],
  ])('of type %s: %s', (type, body, member) => {
    const text = structuredText(eventOf(readBinary({ 'content-type': type }, body)))
    expect(text.endsWith(`,${member}}`)).toBe(true)
    JSON.parse(text)
  })

  test.each(['{"a":', '', '1 2', '{"a":1}}', "{'a':1}"])(
    'that says it is JSON and is not (%j) goes as base64, not into the JSON',
    (body) => {
      const written = JSON.parse(
        structuredText(eventOf(readBinary({ 'content-type': 'application/json' }, body))),
      ) as {
        data_base64?: string
      }
      expect(written.data_base64).toBe(body === '' ? undefined : Buffer.from(body).toString('base64'))
    },
  )

  test('that says it is text and is not UTF-8 goes as base64', () => {
    const read = single(rawHeaders({ ...required, 'content-type': 'text/plain' }), Uint8Array.of(0xff))
    expect(structuredText(eventOf(read))).toContain('"data_base64":"/w=="')
  })

  test('without a content type is JSON where it is JSON', () => {
    expect(structuredText(eventOf(readBinary({}, '{"a":1}')))).toContain('"data":{"a":1}')
    expect(structuredText(eventOf(readBinary({}, 'hello')))).toContain('"data_base64":"aGVsbG8="')
  })

  test('of 0.3 goes as base64 with its datacontentencoding', () => {
    const headers = { 'ce-specversion': '0.3', 'content-type': 'image/png' }
    expect(structuredText(eventOf(readBinary(headers, 'hello')))).toContain(
      '"datacontentencoding":"base64","data":"aGVsbG8="',
    )
  })
})

test('what is structured and leaves structured keeps its data bytes, and its types', () => {
  const data = '{ "n":1.0,\t"s":"\\u20ac", "n":12345678901234567890 }'
  const json = `{"specversion":"1.0","id":"1","source":"/s","type":"t","n":-5,"b":true,"x":"€","data":${data}}`
  expect(structuredText(eventOf(readStructured(json)))).toBe(json)
})

test('a batch of events is one array, whatever they hold', () => {
  const events = [
    eventOf(readStructured({ data: 1 })),
    eventOf(readBinary({ 'content-type': 'text/plain' }, 'x')),
    eventOf(readStructured({})),
  ]
  const message = toBatch(events)
  expect(message.headers).toEqual(['content-type', 'application/cloudevents-batch+json'])
  expect(asText(message.body)).toBe(`[${events.map(structuredText).join()}]`)
  expect(toBatch([]).body).toEqual(asBytes('[]'))
})

test('the message and the text are the same', () => {
  const read = eventOf(readStructured({ subject: 'ä', data: { a: '€' } }))
  expect(asText(toStructured(read).body)).toBe(structuredText(read))
})
