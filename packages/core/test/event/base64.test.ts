import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeBase64, encodeBase64 } from '../../src/event/base64.ts'
import { asBytes, asText } from './http-messages.ts'

test('any bytes are coded as node codes them, and decoded again', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (data) => {
      const coded = encodeBase64(data)
      expect(asText(coded)).toBe(Buffer.from(data).toString('base64'))
      expect(decodeBase64(coded)).toEqual(data)
    }),
  )
})

test.each([
  'A',
  'AA',
  'AAA',
  'AA=',
  '=AAA',
  'A=AA',
  'AA==AAAA',
  '====',
  'AAA-',
  'AAA_',
  'AA A',
  'AAAA\n',
  'AAé=',
])('%j is not base64', (coded) => {
  expect(decodeBase64(asBytes(coded))).toBeUndefined()
})
