import { expect, test } from 'vitest'
import { connectionCap, defaultMaxInFlight } from '../src/file-limit.ts'

test.each([
  [1_000_000, 2_000, 20_000],
  [20_000, 2_000, 17_744],
  [4_096, 1_920, 1_920],
  [1_024, 384, 384],
  [64, 16, 16],
])('of %i open files %i are for attempts and %i for producers', (openFiles, attempts, connections) => {
  expect(defaultMaxInFlight(openFiles)).toBe(attempts)
  expect(connectionCap(openFiles, attempts)).toBe(connections)
})

test('attempts that were asked for leave producers less', () => {
  expect(connectionCap(4_096, 3_000)).toBe(840)
  expect(connectionCap(4_096, 10_000)).toBe(16)
})
