import { resolvePolicy, retryDelayMs, type DeliveryPolicy } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const linear = resolvePolicy({ retry: 10, backoffPolicy: 'linear', backoffDelay: 'PT2S' }, undefined)
const exponential = resolvePolicy(
  { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT2S' },
  undefined,
)
const now = Date.UTC(2026, 10, 22, 12)

test('linear backoff is delay × n, n from 1', () => {
  expect([1, 2, 3, 10].map((n) => wait(linear, n))).toEqual([2_000, 4_000, 6_000, 20_000])
})

test('exponential backoff is delay × 2^(n−1), n from 1', () => {
  expect([1, 2, 3, 10].map((n) => wait(exponential, n))).toEqual([2_000, 4_000, 8_000, 1_024_000])
})

test('up to 10 % jitter is added', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 20 }), (random, n) => {
      const delay = wait(linear, n, { random: () => random })
      expect(delay).toBeGreaterThanOrEqual(2_000 * n)
      expect(delay).toBeLessThanOrEqual(2_200 * n)
    }),
  )
  expect(wait(linear, 1, { random: () => 1 })).toBe(2_200)
})

test('there is no cap unless backoff-max says one, which nothing exceeds', () => {
  expect(wait(exponential, 25)).toBe(2_000 * 2 ** 24)
  const capped = { ...exponential, backoffMaxMs: 5_000 }
  expect([1, 2, 3, 25].map((n) => wait(capped, n, { random: () => 1 }))).toEqual([2_200, 4_400, 5_000, 5_000])
})

test('a wait is always a time that a date can hold', () => {
  for (const n of [64, 2_000, 2 ** 31 - 1])
    expect(new Date(now + wait(exponential, n, { random: () => 1 })).getTime()).not.toBeNaN()
})

describe('Retry-After', () => {
  test.each([429, 503])('on %i: the wait is the larger of it and the backoff', (status) => {
    expect(wait(linear, 1, { status, retryAfter: '30' })).toBe(30_000)
    expect(wait(linear, 1, { status, retryAfter: '1' })).toBe(2_000)
    expect(wait(linear, 1, { status, retryAfter: new Date(now + 45_000).toUTCString() })).toBe(45_000)
  })

  test.each([404, 408, 409, 500, 502, undefined])('on %s it has no say', (status) => {
    expect(wait(linear, 1, { status, retryAfter: '30' })).toBe(2_000)
  })

  test('is honoured up to retryAfterMax', () => {
    expect(wait(linear, 1, { status: 503, retryAfter: '99999999999999999999' })).toBe(600_000)
    expect(wait({ ...linear, retryAfterMaxMs: 10_000 }, 1, { status: 503, retryAfter: '30' })).toBe(10_000)
  })

  test('is ignored with retryAfterMax PT0S', () => {
    expect(wait({ ...linear, retryAfterMaxMs: 0 }, 1, { status: 503, retryAfter: '30' })).toBe(2_000)
  })

  test('that does not parse is ignored', () => {
    expect(wait(linear, 1, { status: 503, retryAfter: 'soon' })).toBe(2_000)
  })

  test('beyond backoff-max is still honoured: the cap is the backoff’s', () => {
    expect(wait({ ...linear, backoffMaxMs: 1_000 }, 1, { status: 503, retryAfter: '30' })).toBe(30_000)
  })
})

function wait(
  policy: DeliveryPolicy,
  n: number,
  context: Partial<Parameters<typeof retryDelayMs>[2]> = {},
): number {
  return retryDelayMs(policy, n, {
    status: 500,
    retryAfter: undefined,
    nowMs: now,
    random: () => 0,
    ...context,
  })
}
