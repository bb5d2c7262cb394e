import { expect, test, vi } from 'vitest'
import { RouteGate } from '../../../src/delivery/gates/route-gate.ts'

const noBody = { headers: [], body: new Uint8Array(), truncated: false, ms: 0 }

test('a wait that is longer than a timer can be set is no busy loop', () => {
  vi.useFakeTimers()
  try {
    const nothing = { load: () => Promise.resolve(undefined), save: () => undefined }
    const gate = new RouteGate(() => Date.now(), nothing)
    gate.update({ circuit: { failures: 1, probeMs: 300 * 24 * 3_600_000 } }, 1)
    gate.ended({ ...noBody, status: 503, error: undefined, failure: undefined })
    let calls = 0
    expect(gate.mayBegin(() => (calls += 1))).toBe(false)
    vi.advanceTimersByTime(60_000)
    expect(calls).toBe(0)
    gate.close()
  } finally {
    vi.useRealTimers()
  }
})
