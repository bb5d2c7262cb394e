import { expect, test } from 'vitest'
import { parseGoDuration } from '../src/go-duration.ts'

test.each([
  ['30s', 30_000],
  ['168h', 604_800_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['100ms', 100],
  ['0', 0],
  ['0s', 0],
])('%s is a duration', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms)
})

test.each(['', '30', 'PT30S', '1d', '5 s', 's', '-5s'])('%j is none', (text) => {
  expect(parseGoDuration(text)).toBeUndefined()
})
