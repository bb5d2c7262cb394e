import type { Rate } from '@millrace/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateLimit } from '../../../src/delivery/gates/rate-limit.ts'

/** Begins whenever it may, for so long, at the moments that somebody looks; → when attempts began. */
function begins(rate: Rate, looks: readonly number[], sharers = 1): number[] {
  const limit = new RateLimit(rate, sharers, 0)
  const begun: number[] = []
  let now = 0
  for (const step of looks) {
    now += step
    for (let n = 0; n < 50 && limit.waitMs(now) <= 0; n += 1) {
      limit.begun(now)
      begun.push(now)
    }
  }
  return begun
}

describe('a rate', () => {
  test('in no stretch of time do more begin than burst and rate give', () => {
    const rates = fc.record({
      count: fc.integer({ min: 1, max: 1_000 }),
      perMs: fc.constantFrom(1_000, 60_000),
      burst: fc.integer({ min: 1, max: 30 }),
    })
    const looks = fc.array(fc.oneof(fc.nat(5), fc.nat(3_000)), { maxLength: 60 })
    fc.assert(
      fc.property(rates, looks, (rate, steps) => {
        const begun = begins(rate, steps)
        for (let from = 0; from < begun.length; from += 1)
          for (let to = from; to < begun.length; to += 1) {
            const most = rate.burst + ((begun[to]! - begun[from]!) * rate.count) / rate.perMs
            expect(to - from + 1).toBeLessThanOrEqual(most + 1e-6)
          }
      }),
    )
  })

  test('what is asked for is given: looked at every millisecond, a minute has its number', () => {
    const begun = begins(
      { count: 100, perMs: 1_000, burst: 10 },
      Array.from({ length: 60_000 }, () => 1),
    )
    expect(begun.length).toBeGreaterThan(5_990)
    expect(begun.length).toBeLessThanOrEqual(6_010)
  })

  test('a burst makes up for looks that came late', () => {
    const begun = begins(
      { count: 100, perMs: 1_000, burst: 10 },
      Array.from({ length: 100 }, () => 100),
    )
    expect(begun.length).toBeGreaterThan(980)
  })

  test('it begins without a burst, and a slow one keeps nobody waiting for its first', () => {
    expect(begins({ count: 10, perMs: 1_000, burst: 20 }, [99])).toEqual([])
    expect(begins({ count: 10, perMs: 1_000, burst: 20 }, [100])).toEqual([100])
    expect(begins({ count: 1, perMs: 3_600_000, burst: 1 }, [1_000])).toEqual([1_000])
  })

  test('it goes on where another has left it, its burst too, but waits for no time that cannot be', () => {
    const rate = { count: 1, perMs: 60_000, burst: 3 }
    const limit = new RateLimit(rate, 1, 0)
    limit.resume(0, 0)
    for (let n = 0; n < 3; n += 1) {
      expect(limit.waitMs(0)).toBe(0)
      limit.begun(0)
    }
    const next = new RateLimit(rate, 1, 10_000)
    next.resume(limit.evenMs, 10_000)
    expect(next.waitMs(10_000)).toBe(50_000)
    next.resume(1e12, 10_000)
    expect(next.waitMs(10_000)).toBe(60_000)
    expect([limit.isSlow, new RateLimit({ ...rate, perMs: 1_000 }, 1, 0).isSlow]).toEqual([true, false])
  })

  test('two processes that share it give it together', () => {
    const looks = Array.from({ length: 1_000 }, () => 10)
    const half = begins({ count: 100, perMs: 1_000, burst: 10 }, looks, 2)
    expect(half.length).toBeGreaterThan(490)
    expect(half.length).toBeLessThanOrEqual(505)
  })
})
