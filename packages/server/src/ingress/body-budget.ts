/** Bytes of request bodies that are held at one time, over all connections. */
export class BodyBudget {
  #free: number

  constructor(bytes: number) {
    this.#free = bytes
  }

  get free(): number {
    return this.#free
  }

  /** → whether there was room; without, nothing is taken. */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false
    this.#free -= bytes
    return true
  }

  give(bytes: number): void {
    this.#free += bytes
  }
}
