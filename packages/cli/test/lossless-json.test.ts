import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLossless } from '../src/lossless-json.ts'

test.each(['12345678901234567890', '1.0', '1e2', '0.10', '-0'])('%s keeps its digits', (digits) => {
  expect(JSON.stringify(parseLossless(`{"n":[${digits}]}`))).toBe(`{"n":[${digits}]}`)
})

test('JSON that was written here comes back as it was', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.stringify(parseLossless(text))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})
