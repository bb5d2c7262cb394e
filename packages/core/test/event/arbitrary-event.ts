import type { Attributes, AttributeValue, CloudEvent } from '@millrace/core'
import fc from 'fast-check'

import { asBytes } from './http-messages.ts'

/** Characters that attributes may have, those that HTTP and JSON treat in a special way more often. */
const character = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map(String.fromCharCode) },
  { weight: 2, arbitrary: fc.constantFrom(...Array.from(' %"\\€äß😀\u00a0\u2028')) },
  { weight: 1, arbitrary: fc.integer({ min: 0xa0, max: 0xd7ff }).map(String.fromCharCode) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0x10000, max: 0x1fffd }).map((point) => String.fromCodePoint(point)),
  },
)
export const attributeText = fc.string({ unit: character, maxLength: 20 })
const someText = fc.string({ unit: character, minLength: 1, maxLength: 20 })
export const extensionName = fc
  .string({ unit: fc.constantFrom(...Array.from('abcxyz019')), minLength: 1, maxLength: 12 })
  .map((name) => `x${name}`)
const source = fc.constantFrom('/s', 'https://shop.example.com/a?b=%20#c', 'urn:uuid:6e8bc430', 'a/b', '?q')
const time = fc.constantFrom(
  '2026-11-22T17:31:00Z',
  '2026-11-22T17:31:00.123456789+02:00',
  '1990-12-31T23:59:60z',
)

const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  attributeText,
  fc.boolean(),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
)

const json = fc.json().map(asBytes)
const payload = fc.oneof(
  fc.record({ type: fc.constantFrom('application/json', 'application/x+json; v=1', undefined), data: json }),
  fc.record({
    type: fc.constantFrom('text/plain', 'text/csv; charset="utf-8"', 'application/xml'),
    data: fc.string({ unit: 'grapheme', minLength: 1 }).map(asBytes),
  }),
  fc.record({
    type: fc.constantFrom('application/octet-stream', 'application/json', 'text/plain; charset=utf-16'),
    data: fc.uint8Array({ minLength: 1 }).filter((bytes) => !isSpace(bytes[0]) && !isSpace(bytes.at(-1))),
  }),
  fc.record({ type: fc.constantFrom('text/plain', undefined), data: fc.constant(undefined) }),
)

/** White space around JSON is no part of the value, and does not outlive a change of mode. */
function isSpace(byte = 0): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

/** An event as another part of Millrace would hold it, of either version; data in binary form. */
export const events: fc.Arbitrary<CloudEvent> = fc
  .record({
    specversion: fc.constantFrom('1.0', '0.3'),
    id: someText,
    type: someText,
    source,
    subject: fc.option(someText, { nil: undefined }),
    time: fc.option(time, { nil: undefined }),
    extensions: fc.dictionary(extensionName, value, { maxKeys: 4 }),
    payload,
  })
  .map(({ extensions, payload: { type, data }, ...known }) => {
    const all = { ...known, datacontenttype: type, ...extensions }
    const set = Object.entries(all).filter(([, attribute]) => attribute !== undefined)
    const attributes = Object.assign(Object.create(null) as Attributes, Object.fromEntries(set))
    return { attributes, data, dataForm: 'binary' }
  })
