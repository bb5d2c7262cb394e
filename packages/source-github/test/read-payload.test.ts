import { expect, test } from 'vitest'
import { readPayload } from '../src/read-payload.ts'

const form = 'application/x-www-form-urlencoded'

test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
  '%s is read',
  (type) => {
    const data = bytes('{"zen": "é", "id": 1.0}')
    expect(readPayload(type, data)).toEqual({ kind: 'payload', payload: { zen: 'é', id: 1 }, data })
  },
)

test('of a form the field "payload" is the data, to the byte', () => {
  const json = '{"zen": "a+b & c = 100 %", "name": "é"}'
  const body = bytes(`x=1&${new URLSearchParams({ payload: json }).toString()}`)
  expect(readPayload(form, body)).toEqual({
    kind: 'payload',
    payload: { zen: 'a+b & c = 100 %', name: 'é' },
    data: bytes(json),
  })
})

test.each([
  ['application/json', '{', 'the body is not JSON'],
  ['application/json', '', 'the body is not JSON'],
  ['application/json', '[{}]', 'the body is not a JSON object'],
  ['application/json', 'null', 'the body is not a JSON object'],
  [form, '{"zen":1}', 'the form has no field "payload"'],
  [form, 'payload=', 'the field "payload" of the form is not JSON'],
  [form, 'payload=1', 'the field "payload" of the form is not a JSON object'],
])('%s with %j is malformed', (type, text, detail) => {
  expect(readPayload(type, bytes(text))).toEqual({ kind: 'malformed', detail })
})

test.each(['application/json', form])('%s that is not UTF-8 is malformed', (type) => {
  expect(readPayload(type, Uint8Array.of(0x7b, 0xff, 0x7d))).toEqual({
    kind: 'malformed',
    detail: 'the body is not UTF-8',
  })
})

test.each([
  ['text/plain', 'content-type is text/plain'],
  ['application/cloudevents+json', 'content-type is application/cloudevents+json'],
  [undefined, 'there is no content-type'],
])('%s is not taken', (type, found) => {
  expect(readPayload(type, bytes('{}'))).toEqual({
    kind: 'unsupported-media-type',
    detail: `${found}: application/json and application/x-www-form-urlencoded are taken`,
  })
})

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
