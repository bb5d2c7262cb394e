import type { Circuit } from '@millrace/core'
import { verdictOf, type Attempted } from '../outcome.ts'

/** Answers that say that the subscriber, or what is before it, is not there now. */
const outages = new Set([429, 502, 503, 504])

/**
 * Closed until so many attempts have failed in a row, then open but for a probe now and then, until an
 * attempt succeeds. An answer such as 500 shows that somebody is there, but not that he can work: it neither
 * opens nor closes it.
 */
export class CircuitBreaker {
  readonly #circuit: Circuit
  #failures = 0
  #isOpen = false
  #nextProbeMs = 0
  #opened = 0

  constructor(circuit: Circuit) {
    this.#circuit = circuit
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** How often it has opened. */
  get opened(): number {
    return this.#opened
  }

  /** How long until an attempt may begin; 0: now. */
  waitMs(nowMs: number): number {
    return this.#isOpen ? Math.max(0, this.#nextProbeMs - nowMs) : 0
  }

  begun(nowMs: number): void {
    if (this.#isOpen) this.#nextProbeMs = nowMs + this.#circuit.probeMs
  }

  /**
   * Takes an attempt's result in. → whether the attempt counts. While it is open one that would spend a
   * retry does not; a success does, and what is final for the event whenever it is answered (such as 400).
   */
  ended(result: Attempted, nowMs: number): boolean {
    const verdict = verdictOf(result)
    if (verdict === 'delivered') this.#isOpen = false
    if (this.#isOpen) return verdict === 'dead'
    if (!isOutage(result)) {
      this.#failures = 0
      return true
    }
    this.#failures += 1
    if (this.#failures >= this.#circuit.failures) {
      this.#isOpen = true
      this.#opened += 1
      this.#nextProbeMs = nowMs + this.#circuit.probeMs
    }
    return true
  }
}

function isOutage({ status, error, failure }: Attempted): boolean {
  // what refuses an event is there
  if (error !== undefined) return failure !== 'refused'
  return status !== undefined && outages.has(status)
}
