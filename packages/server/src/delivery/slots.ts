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
  /**
   * Those that wait, by how many they had under way when they were put there, first come first: with
   * thousands of them nobody can be asked one by one at the end of each attempt.
   */
  readonly #waiting: Set<User>[] = []
  readonly #levels = new Map<User, number>()
  /** Below it nobody waits. */
  #lowest = 0
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
      if (!this.#levels.has(user)) this.#wait(user)
      return false
    }
    this.#used += 1
    return true
  }

  /** Gives back a slot of a user that has one fewer under way now. */
  give(user: User): void {
    this.#used -= 1
    if (!this.#levels.has(user)) return
    this.leave(user)
    this.#wait(user)
  }

  /** Forgets a user that wants no slot any more. */
  leave(user: User): void {
    const level = this.#levels.get(user)
    if (level === undefined) return
    this.#levels.delete(user)
    this.#waiting[level]?.delete(user)
  }

  /** The waiting user whose turn it is, if it may take a slot now; it is not waiting any more. */
  next(): User | undefined {
    if (this.#levels.size === 0 || this.#used >= this.cap) return undefined
    const first = this.#first()
    if (first === undefined || !this.#may(first)) return undefined
    this.leave(first)
    return first
  }

  #wait(user: User): void {
    const level = user.inFlight
    this.#levels.set(user, level)
    ;(this.#waiting[level] ??= new Set()).add(user)
    this.#lowest = Math.min(this.#lowest, level)
  }

  #first(): User | undefined {
    for (; this.#lowest < this.#waiting.length; this.#lowest += 1) {
      for (const user of this.#waiting[this.#lowest] ?? []) {
        if (user.inFlight === this.#lowest) return user
        // it has begun more meanwhile
        this.leave(user)
        this.#wait(user)
      }
    }
    return undefined
  }

  #may(user: User): boolean {
    const free = this.cap - this.#used
    return free > (user.inFlight === 0 ? 0 : this.#kept)
  }
}
