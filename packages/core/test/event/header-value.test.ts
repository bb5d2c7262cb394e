import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeHeaderValue, encodeHeaderValue } from '../../src/event/header-value.ts'

test("the specification's example", () => {
  expect(encodeHeaderValue('Euro € 😀')).toBe('Euro%20%E2%82%AC%20%F0%9F%98%80')
})

test('space, double quote, percent and all beyond printable ASCII are coded, nothing else', () => {
  const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code))
  const coded = encodeHeaderValue(ascii)
  for (let code = 0; code < 128; code++) {
    const character = String.fromCharCode(code)
    const must = code <= 0x20 || code === 0x7f || character === '"' || character === '%'
    expect(encodeHeaderValue(character)).toBe(
      must ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : character,
    )
  }
  expect(decodeHeaderValue(coded)).toBe(ascii)
})

test('decoding undoes encoding, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const value = encodeHeaderValue(text)
      expect(value).toMatch(/^[!-~]*$/)
      expect(decodeHeaderValue(value)).toBe(text)
    }),
  )
})

test('decoding never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('%20cC3e"\\ \u00e9\u00c3a')) }), (value) => {
      const text = decodeHeaderValue(value)
      expect(text === undefined || typeof text === 'string').toBe(true)
    }),
  )
})
