/** What is told when its time is over. */
export interface Expiring {
  /** When it began, monotonic; the deadline's own. */
  begunAt: number
  /** Where the deadline keeps it; the deadline's own. */
  place: number
  expired(): void
}

/** Node's timers take no more. */
const longestMs = 2 ** 31 - 1

/**
 * All that has the same time from its begin: one timer for all of them, set to the oldest. Nearly everything
 * leaves long before, and a timer for each would cost more than to remember it. They are kept in an array, as a
 * Map that is written to for ever keeps alive for V8 what has left it (docs/performance.md).
 */
export class Deadline {
  readonly afterMs: number
  /** In no order. */
  readonly #entered: Expiring[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(afterMs: number) {
    this.afterMs = afterMs
  }

  enter(expiring: Expiring): void {
    expiring.begunAt = performance.now()
    expiring.place = this.#entered.push(expiring) - 1
    if (this.#timer === undefined) this.#wait(this.afterMs)
  }

  /** Of what is not there nothing happens. */
  leave(expiring: Expiring): void {
    const { place } = expiring
    if (this.#entered[place] !== expiring) return
    const last = this.#entered.pop()!
    if (last === expiring) return
    this.#entered[place] = last
    last.place = place
  }

  #wait(ms: number): void {
    // who waits keeps the process alive by its socket
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, longestMs)).unref()
  }

  #look(): void {
    this.#timer = undefined
    const until = performance.now() - this.afterMs
    const isOver = this.#entered.filter(({ begunAt }) => begunAt <= until)
    const over = isOver.toSorted((left, right) => left.begunAt - right.begunAt)
    for (const expiring of over) this.leave(expiring)
    if (this.#entered.length > 0) {
      let oldest = Infinity
      for (const { begunAt } of this.#entered) oldest = Math.min(oldest, begunAt)
      this.#wait(Math.ceil(oldest - until))
    }
    for (const expiring of over) expiring.expired()
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
