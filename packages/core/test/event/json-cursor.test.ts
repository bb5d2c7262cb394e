import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { JsonCursor } from '../../src/event/json-cursor.ts'
import { isJson } from '../../src/event/json-text.ts'
import { asBytes } from './http-messages.ts'

/** JSON.parse decides what is JSON. */
function parses(json: string): boolean {
  try {
    JSON.parse(json)
    return true
  } catch {
    return false
  }
}

describe('what is JSON is what JSON.parse takes', () => {
  test.each([
    '0',
    '-0',
    '-',
    '01',
    '1.',
    '.5',
    '1.5e',
    '1e5',
    '1E+5',
    '1e-',
    '+1',
    '0x1',
    '"',
    '"\\"',
    '"\\u12g4"',
    '"\\u1234"',
    '"\\x"',
    '"\\',
    '"\t"',
    '"\u007f"',
    'tru',
    'true',
    'truefalse',
    'nul',
    'null',
    'False',
    '[',
    '[]',
    '[,]',
    '[1,]',
    '[1 2]',
    '{',
    '{}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{a:1}',
    '{"a":1}}',
    '[}',
    '{]',
    '[[[]]]',
    ' [ ] ',
    '\u00a01',
    '',
    ' ',
    '1 2',
    '"a""b"',
    '{"a":{"b":[{},{"c":"\\ud800"}]}}',
    '[1,[2,{"a":[]}],"x"]',
    '/**/1',
    'undefined',
  ])('%j', (json) => {
    expect(isJson(asBytes(json))).toBe(parses(json))
  })

  test('any value, with any white space', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n\t'), (json, space) => {
        const spaced = JSON.stringify(JSON.parse(json), null, space)
        expect(isJson(asBytes(space + spaced + space))).toBe(true)
      }),
    )
  })

  test('any value with one byte changed, taken out or put in', () => {
    const edits = fc.record({
      json: fc.json({ maxDepth: 3 }),
      at: fc.nat(),
      remove: fc.integer({ min: 0, max: 2 }),
      insert: fc.string({
        unit: fc.constantFrom(...Array.from('{}[]:,"\\0-1.eE+u tn\n\u0001')),
        maxLength: 2,
      }),
    })
    fc.assert(
      fc.property(edits, ({ json, at, remove, insert }) => {
        const start = at % (json.length + 1)
        const edited = json.slice(0, start) + insert + json.slice(start + remove)
        expect(isJson(asBytes(edited))).toBe(parses(edited.toWellFormed()))
      }),
      { numRuns: 2_000 },
    )
  })
})

test('a value ends where it ends, and what follows is left', () => {
  const cursor = new JsonCursor(asBytes('{"a":[1,2]} , 5'))
  expect(cursor.value()).toBe(true)
  expect(cursor.at).toBe(11)
})

test('bytes that are not UTF-8 are no JSON', () => {
  expect(isJson(Uint8Array.of(0x22, 0xff, 0x22))).toBe(false)
  expect(isJson(asBytes('"ä"'))).toBe(true)
})
