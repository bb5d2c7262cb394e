/** What is told when its time is over. */
export interface Expiring {
  expired(): void
}

/** Node's timers take no more. */
const longestMs = 2 ** 31 - 1

/**
 * All that has the same time from its begin: one timer for all of them, set to the oldest. Nearly everything
 * leaves long before, and a timer for each would cost more than to remember it.
 */
export class Deadline {
  readonly afterMs: number
  /** With the time of its begin, in order. */
  readonly #entered = new Map<Expiring, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(afterMs: number) {
    this.afterMs = afterMs
  }

  enter(expiring: Expiring): void {
    this.#entered.set(expiring, performance.now())
    if (this.#timer === undefined) this.#wait(this.afterMs)
  }

  leave(expiring: Expiring): void {
    this.#entered.delete(expiring)
  }

  #wait(ms: number): void {
    // who waits keeps the process alive by its socket
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, longestMs)).unref()
  }

  #look(): void {
    this.#timer = undefined
    for (const [expiring, begun] of this.#entered) {
      const left = begun + this.afterMs - performance.now()
      if (left > 0) return this.#wait(Math.ceil(left))
      this.#entered.delete(expiring)
      expiring.expired()
    }
  }
}

/** One for each time; times come from policies, so there are few. */
export class Deadlines {
  readonly #known = new Map<number, Deadline>()

  after(ms: number): Deadline {
    let deadline = this.#known.get(ms)
    if (deadline === undefined) this.#known.set(ms, (deadline = new Deadline(ms)))
    return deadline
  }
}
