import { expect, test } from 'vitest'
import { age } from '../src/age.ts'

const now = Date.parse('2026-01-10T00:00:00Z')

test.each([
  ['2026-01-10T00:00:00Z', '0s'],
  ['2026-01-09T23:59:18Z', '42s'],
  ['2026-01-09T23:56:48Z', '3m12s'],
  ['2026-01-09T21:00:00Z', '3h0m'],
  ['2026-01-07T20:59:59Z', '2d3h'],
  ['2026-01-10T00:00:05Z', '0s'],
])('%s is %s', (time, text) => {
  expect(age(time, now)).toBe(text)
})

test('no time has no age', () => {
  expect(age(undefined, now)).toBe('')
})
