import { describe, expect, test } from 'vitest'
import { CircuitBreaker } from '../../../src/delivery/gates/circuit-breaker.ts'

const none = { status: undefined, error: 'connect ECONNREFUSED' }
const answered = (status: number) => ({ status, error: undefined })
const make = () => new CircuitBreaker({ failures: 3, probeMs: 1_000 })

function fail(circuit: CircuitBreaker, times: number, now = 0): boolean[] {
  return Array.from({ length: times }, () => circuit.ended(answered(503), now))
}

describe('a circuit', () => {
  test('opens after so many failures in a row, and those count', () => {
    const circuit = make()
    expect(fail(circuit, 2)).toEqual([true, true])
    expect(circuit.isOpen).toBe(false)
    expect(circuit.ended(none, 0)).toBe(true)
    expect([circuit.isOpen, circuit.opened]).toEqual([true, 1])
  })

  test.each([none, ...[429, 502, 503, 504].map(answered)])('%j is a failure', (result) => {
    const circuit = make()
    for (let n = 0; n < 3; n += 1) circuit.ended(result, 0)
    expect(circuit.isOpen).toBe(true)
  })

  test.each([200, 202, 301, 400, 404, 408, 500, 501].map(answered))(
    '%j is none, and ends a run',
    (result) => {
      const circuit = make()
      fail(circuit, 2)
      expect(circuit.ended(result, 0)).toBe(true)
      fail(circuit, 2)
      expect(circuit.isOpen).toBe(false)
    },
  )

  test('open, one attempt may begin in each interval, and what fails spends nothing', () => {
    const circuit = make()
    fail(circuit, 3, 100)
    expect(circuit.waitMs(100)).toBe(1_000)
    expect(circuit.waitMs(1_100)).toBe(0)
    circuit.begun(1_100)
    expect(circuit.waitMs(1_101)).toBe(999)
    expect(circuit.ended(answered(503), 1_200)).toBe(false)
    expect(circuit.ended(none, 1_300)).toBe(false)
    expect([circuit.waitMs(2_099), circuit.waitMs(2_100)]).toEqual([1, 0])
    expect(circuit.opened).toBe(1)
  })

  test.each([404, 408, 409, 500, 501].map(answered))(
    'open, %j is no success, and spends nothing either',
    (result) => {
      const circuit = make()
      fail(circuit, 3)
      expect(circuit.ended(result, 1_000)).toBe(false)
      expect(circuit.isOpen).toBe(true)
    },
  )

  test.each([301, 400, 413, 422].map(answered))(
    'open, %j is final for its event, and no success',
    (result) => {
      const circuit = make()
      fail(circuit, 3)
      expect(circuit.ended(result, 1_000)).toBe(true)
      expect(circuit.isOpen).toBe(true)
    },
  )

  test('the first success opens all again', () => {
    const circuit = make()
    fail(circuit, 3)
    circuit.begun(1_000)
    expect(circuit.ended(answered(200), 1_010)).toBe(true)
    expect([circuit.isOpen, circuit.waitMs(1_010)]).toEqual([false, 0])
    fail(circuit, 3)
    expect(circuit.opened).toBe(2)
  })
})
