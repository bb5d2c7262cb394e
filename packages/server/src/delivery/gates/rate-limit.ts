import type { Rate } from '@millrace/core'

/** Of slower rates it is remembered over restarts when the next attempt may begin (rate-memory.ts). */
const slowIntervalMs = 1_000

/**
 * A generic cell rate: attempts are `interval` apart, and as many as the burst may be ahead of that. It
 * begins without a burst, because nobody knows what a process that ran just before has begun, until it is told.
 */
export class RateLimit {
  readonly #intervalMs: number
  readonly #aheadMs: number
  #evenMs: number

  /** @param sharers processes that have the rate together: each has its part of rate and burst */
  constructor({ count, perMs, burst }: Rate, sharers: number, nowMs: number) {
    this.#intervalMs = (perMs / count) * sharers
    this.#aheadMs = (Math.max(1, Math.floor(burst / sharers)) - 1) * this.#intervalMs
    this.#evenMs = nowMs + this.#aheadMs + Math.min(this.#intervalMs, slowIntervalMs)
  }

  get isSlow(): boolean {
    return this.#intervalMs > slowIntervalMs
  }

  /** When the next attempt would begin if all were evenly apart. */
  get evenMs(): number {
    return this.#evenMs
  }

  /** Goes on where another process has left it; a clock that was set makes nobody wait for ever. */
  resume(evenMs: number, nowMs: number): void {
    this.#evenMs = Math.min(evenMs, nowMs + this.#aheadMs + this.#intervalMs)
  }

  /** How long until an attempt may begin; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#evenMs - this.#aheadMs - nowMs)
  }

  begun(nowMs: number): void {
    this.#evenMs = Math.max(nowMs, this.#evenMs) + this.#intervalMs
  }
}
