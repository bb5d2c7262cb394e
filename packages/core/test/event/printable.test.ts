import { printable } from '@millrace/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('a value is quoted, cut after 64 characters, and printable ASCII', () => {
  expect(printable('a "b"\n€')).toBe('"a \\"b\\"\\n\\u20ac"')
  expect(printable('x'.repeat(65))).toBe(`"${'x'.repeat(64)}"... (65 characters)`)
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), fc.string(), (left, right) => {
      expect(printable(`${left}😀\udead${right}`)).toMatch(/^[ -~]+$/)
    }),
  )
})
