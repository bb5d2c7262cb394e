import { formatDuration, parseDuration } from '@millrace/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const second = 1_000
const hour = 3_600 * second
const day = 24 * hour

test.each([
  ['PT0S', 0],
  ['PT0.2S', 200],
  ['PT0,2S', 200],
  ['PT5M', 300 * second],
  ['PT1H30M', 1.5 * hour],
  ['P1DT12H', 36 * hour],
  ['P2W', 14 * day],
  ['P1W2DT3H', 9 * day + 3 * hour],
  ['PT0.5H', 0.5 * hour],
  ['P1Y', 365.2425 * day],
  ['P12M', 365.2425 * day],
  ['PT1M1.001S', 61_001],
  ['PT0.0004S', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each([
  '',
  'P',
  'PT',
  'P1',
  'PT1',
  '1S',
  'PT1s',
  'pt1s',
  '-PT1S',
  'PT-1S',
  '+PT1S',
  'PT1S ',
  'P1S',
  'PT1D',
  'PT1M1H',
  'PT1.5H1M',
  'PT.5S',
  'PT1.S',
  '5s',
  '1h',
  'P1DT',
  'P1H',
  `PT${'1'.repeat(100)}S`,
])('%j is no ISO 8601 duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test.each([
  [0, 'PT0S'],
  [200, 'PT0.2S'],
  [61_001, 'PT1M1.001S'],
  [300 * second, 'PT5M'],
  [day, 'PT24H'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('what is formatted parses to the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * day }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    }),
  )
})
