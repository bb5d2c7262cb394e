import { parseRetryAfter } from '@millrace/core'
import { expect, test } from 'vitest'

const now = Date.UTC(2026, 10, 22, 12, 0, 0)

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
  ['Sunday, 22-Nov-26 12:00:30 GMT', 30_000],
  ['Sun Nov 22 12:00:30 2026', 30_000],
  ['Tue Dec  1 12:00:00 2026', 9 * 86_400_000],
  ['Fri, 20 Nov 2026 12:00:00 GMT', 0],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
])('%j asks for %d ms', (text, ms) => {
  expect(parseRetryAfter(text, now)).toBe(ms)
})

test.each([
  '',
  '-1',
  '1.5',
  '5s',
  'soon',
  '0x10',
  '2026-11-22T12:00:30Z',
  'Sun, 22 Nov 2026 12:00:30',
  'Sun, 22 Nov 2026 12:00:30 CET',
  'Sun, 32 Nov 2026 12:00:30 GMT',
  'Sun, 31 Nov 2026 12:00:30 GMT',
  'Sun, 22 Nox 2026 12:00:30 GMT',
  'Sun, 22 Nov 2026 24:00:30 GMT',
  'sun, 22 nov 2026 12:00:30 gmt',
])('%j asks for nothing that is understood', (text) => {
  expect(parseRetryAfter(text, now)).toBeUndefined()
})
