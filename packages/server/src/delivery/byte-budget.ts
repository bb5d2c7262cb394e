/**
 * The bytes of events held in memory. A route may hold at most what is still free, so that one with a
 * stuck subscriber and large events leaves room for the others; a route that holds nothing may always
 * take one event, up to twice the budget in all.
 */
export class ByteBudget {
  readonly #total: number
  #used = 0

  constructor(totalBytes: number) {
    this.#total = totalBytes
  }

  get used(): number {
    return this.#used
  }

  /** How many bytes a route that holds `held` may add now. */
  room(held: number): number {
    const free = this.#total - this.#used
    if (held === 0) return this.#used < 2 * this.#total ? Math.max(free, 1) : 0
    return Math.max(0, free - held)
  }

  take(bytes: number): void {
    this.#used += bytes
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}
