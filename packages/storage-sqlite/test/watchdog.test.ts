import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Watchdog } from '../src/watchdog.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watched(): { dog: Watchdog; stalls: () => number } {
  let count = 0
  const dog = new Watchdog(1_000, () => void (count += 1))
  return { dog, stalls: () => count }
}

test('an answer that is overdue is a stall, said once', () => {
  const { dog, stalls } = watched()
  dog.expect()
  vi.advanceTimersByTime(999)
  expect(stalls()).toBe(0)
  vi.advanceTimersByTime(5_000)
  expect(stalls()).toBe(1)
})

test('anything that is heard starts the time anew', () => {
  const { dog, stalls } = watched()
  dog.expect()
  for (let n = 0; n < 5; n += 1) {
    vi.advanceTimersByTime(900)
    dog.heard(true)
  }
  expect(stalls()).toBe(0)
  vi.advanceTimersByTime(1_000)
  expect(stalls()).toBe(1)
})

test('where nothing more is expected, silence is no stall', () => {
  const { dog, stalls } = watched()
  dog.expect()
  dog.heard(false)
  vi.advanceTimersByTime(10_000)
  expect(stalls()).toBe(0)
})

test('asking more does not put the stall off', () => {
  const { dog, stalls } = watched()
  dog.expect()
  vi.advanceTimersByTime(600)
  dog.expect()
  vi.advanceTimersByTime(400)
  expect(stalls()).toBe(1)
})
