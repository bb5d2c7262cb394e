/** Who competes for slots. */
export interface SlotUser {
  readonly inFlight: number
}

/**
 * The cap of attempts under way over all routes. When it binds, the next free slot goes to the route with
 * the fewest under way; a sixteenth of the cap is kept for routes that have none, so that any number of
 * stuck subscribers leaves a way through.
 */
export class Slots<User extends SlotUser> {
  readonly cap: number
  readonly #kept: number
  readonly #waiting = new Set<User>()
  #used = 0

  constructor(cap: number) {
    this.cap = cap
    this.#kept = Math.floor(cap / 16)
  }

  get used(): number {
    return this.#used
  }

  /** Takes a slot; a user that gets none is remembered and comes back by `next`. */
  take(user: User): boolean {
    if (!this.#may(user)) {
      this.#waiting.add(user)
      return false
    }
    this.#used += 1
    return true
  }

  give(): void {
    this.#used -= 1
  }

  /** Forgets a user that wants no slot any more. */
  leave(user: User): void {
    this.#waiting.delete(user)
  }

  /** The waiting user whose turn it is, if it may take a slot now; it is not waiting any more. */
  next(): User | undefined {
    let first: User | undefined
    for (const user of this.#waiting) if (first === undefined || user.inFlight < first.inFlight) first = user
    if (first === undefined || !this.#may(first)) return undefined
    this.#waiting.delete(first)
    return first
  }

  #may(user: User): boolean {
    const free = this.cap - this.#used
    return free > (user.inFlight === 0 ? 0 : this.#kept)
  }
}
