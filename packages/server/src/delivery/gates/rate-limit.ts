import type { Rate } from '@millrace/core'

/** Whoever has just started waits no longer than this for its first attempt, however slow the rate. */
const longestStartMs = 1_000

/**
 * A generic cell rate: attempts are `interval` apart, and as many as the burst may be ahead of that. It
 * begins without a burst, because nobody knows what a process that ran just before has begun.
 */
export class RateLimit {
  readonly #intervalMs: number
  readonly #aheadMs: number
  /** When the next attempt would begin if all were evenly apart. */
  #evenMs: number

  /** @param sharers processes that have the rate together: each has its part of rate and burst */
  constructor({ count, perMs, burst }: Rate, sharers: number, nowMs: number) {
    this.#intervalMs = (perMs / count) * sharers
    this.#aheadMs = (Math.max(1, Math.floor(burst / sharers)) - 1) * this.#intervalMs
    this.#evenMs = nowMs + this.#aheadMs + Math.min(this.#intervalMs, longestStartMs)
  }

  /** How long until an attempt may begin; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#evenMs - this.#aheadMs - nowMs)
  }

  begun(nowMs: number): void {
    this.#evenMs = Math.max(nowMs, this.#evenMs) + this.#intervalMs
  }
}
