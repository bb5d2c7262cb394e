import fc from 'fast-check'
import { expect, test } from 'vitest'

import { isTimestamp } from '../../src/event/timestamp.ts'

test.each([
  '2026-11-22T17:31:00Z',
  '2026-11-22T17:31:00.1Z',
  '2026-11-22T17:31:00.123456789+02:00',
  '2026-11-22T17:31:00.123456789012345678Z',
  '2026-11-22t17:31:00z',
  '2024-02-29T00:00:00-00:00',
  '2000-02-29T23:59:59+23:59',
  '1990-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
])('%s is a timestamp of RFC 3339', (text) => {
  expect(isTimestamp(text)).toBe(true)
})

test.each([
  '',
  'now',
  '2026-11-22',
  '2026-11-22T17:31:00',
  '2026-11-22T17:31Z',
  '2026-11-22 17:31:00Z',
  '2026-11-22T17:31:00.Z',
  '2026-11-22T17:31:00,5Z',
  '2026-11-22T24:00:00Z',
  '2026-11-22T17:60:00Z',
  '2026-11-22T17:31:61Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-11-00T00:00:00Z',
  '2026-11-31T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-11-22T17:31:00+2:00',
  '2026-11-22T17:31:00+0200',
  '2026-11-22T17:31:00+24:00',
  '2026-11-22T17:31:00+02:60',
  '2026-11-22T17:31:00Z ',
  '2026-11-22T17:31:00ZZ',
  '+2026-11-22T17:31:00Z',
  '20261122T173100Z00000',
])('%j is not', (text) => {
  expect(isTimestamp(text)).toBe(false)
})

test('every time that a Date writes is one', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(isTimestamp(date.toISOString())).toBe(true)
    }),
  )
})
