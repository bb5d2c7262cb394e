import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { FloodGate } from '../../src/observability/flood-gate.ts'

describe('a flood gate', () => {
  test('tells the first failure and counts those that follow', () => {
    const gate = new FloodGate<string>()
    expect([gate.failed('a'), gate.failed('a'), gate.failed('a')]).toEqual([true, false, false])
    expect(gate.endPeriod()).toEqual([{ key: 'a', failures: 2, failing: true }])
    expect(gate.endPeriod()).toEqual([])
  })

  test('keeps keys apart', () => {
    const gate = new FloodGate<string>()
    gate.failed('a')
    expect(gate.failed('b')).toBe(true)
  })

  test('tells a recovery with all failures since it began', () => {
    const gate = new FloodGate<string>()
    for (let i = 0; i < 5; i++) gate.failed('a')
    gate.endPeriod()
    gate.failed('a')
    expect(gate.succeeded('a')).toBe(6)
    expect(gate.succeeded('a')).toBeUndefined()
  })

  test('tells a new failure at once in the period after a recovery', () => {
    const gate = new FloodGate<string>()
    gate.failed('a')
    gate.succeeded('a')
    gate.endPeriod()
    expect(gate.failed('a')).toBe(true)
  })

  test('forgets with the period what has no end of its own', () => {
    const gate = new FloodGate<string>()
    expect(gate.happened('a')).toBe(true)
    expect(gate.happened('a')).toBe(false)
    expect(gate.endPeriod()).toEqual([{ key: 'a', failures: 1, failing: false }])
    expect(gate.happened('a')).toBe(true)
  })

  test('lets at most three lines through in a period, and tells of every failure', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (failures) => {
        const gate = new FloodGate<string>()
        let lines = 0
        let told = 0
        for (const failed of failures) {
          if (failed && gate.failed('a')) {
            lines += 1
            told += 1
          }
          const recovered = failed ? undefined : gate.succeeded('a')
          if (recovered !== undefined) {
            lines += 1
            told = recovered
          }
        }
        for (const summary of gate.endPeriod()) {
          lines += 1
          told += summary.failures
        }
        expect(lines).toBeLessThanOrEqual(3)
        expect(told).toBe(failures.filter(Boolean).length)
      }),
    )
  })
})
