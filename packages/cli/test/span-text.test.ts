import { expect, test } from 'vitest'
import { spanText } from '../src/span-text.ts'

test.each([
  [0.2, '1 ms'],
  [12.4, '12 ms'],
  [99.6, '100 ms'],
  [400, '0.4 s'],
  [439, '0.4 s'],
  [1_000, '1 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1m0s'],
  [125_000, '2m5s'],
  [7_260_000, '2h1m'],
])('%d ms is %s', (ms, text) => {
  expect(spanText(ms)).toBe(text)
})
