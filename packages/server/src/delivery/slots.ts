/** Who competes for slots. */
export interface SlotUser {
  readonly inFlight: number
}

/**
 * So many are enough for a process that has its hands full: more connections only make each attempt dearer, by
 * what the caches lose and the collector moves (docs/performance.md).
 */
const ample = 256
/** So many more may begin when the process has had nothing to do. */
const step = 64

/**
 * The cap of attempts under way over all routes. When it binds, the next free slot goes to the route with
 * the fewest under way; a sixteenth of the cap is kept for routes that have none, so that any number of
 * stuck subscribers leaves a way through. While every turn of the event loop brings ends of attempts, a lower
 * limit binds those that have some under way; a turn without any raises it, as it is the subscribers then that
 * take their time.
 */
export class Slots<User extends SlotUser> {
  readonly cap: number
  readonly #eachTurn: (turned: () => void) => void
  #begin: (user: User) => void = () => undefined
  #limit: number
  #ended = false
  #watching = false
  /** How many those may have that have some: a sixteenth is kept. */
  readonly #most: number
  /**
   * Those that wait, by how many they had under way when they were put there, first come first: with
   * thousands of them nobody can be asked one by one at the end of each attempt.
   */
  readonly #waiting: Set<User>[] = []
  readonly #levels = new Map<User, number>()
  /** Below it nobody waits. */
  #lowest = 0
  #used = 0

  constructor(cap: number, eachTurn: (turned: () => void) => void = setImmediate) {
    this.cap = cap
    this.#eachTurn = eachTurn
    this.#most = cap - Math.floor(cap / 16)
    this.#limit = Math.min(ample, this.#most)
  }

  get used(): number {
    return this.#used
  }

  /** How a user begins whose turn it is. */
  onTurn(begin: (user: User) => void): void {
    this.#begin = begin
  }

  /** Lets those begin whose turn it is, as long as there are slots for them. */
  beginNext(): void {
    // one whose turn it is may have no use for it any more
    for (let next = this.next(); next !== undefined; next = this.next()) this.#begin(next)
  }

  /** Takes a slot; a user that gets none is remembered and comes back by `next`. */
  take(user: User): boolean {
    if (!this.#may(user)) {
      if (!this.#levels.has(user)) this.#wait(user)
      this.#watch()
      return false
    }
    this.#used += 1
    return true
  }

  /** Gives back a slot of a user that has one fewer under way now. */
  give(user: User): void {
    this.#used -= 1
    this.#ended = true
    if (this.#levels.size > 0) this.#watch()
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
    return this.#used < (user.inFlight === 0 ? this.cap : this.#limit)
  }

  #watch(): void {
    if (this.#watching) return
    this.#watching = true
    this.#eachTurn(this.#turned)
  }

  readonly #turned = (): void => {
    this.#watching = false
    if (this.#ended) this.#limit = Math.max(Math.min(ample, this.#most), this.#limit - 1)
    else if (this.#limit < this.#most) {
      this.#limit = Math.min(this.#most, this.#used + step)
      this.beginNext()
    } else return
    this.#ended = false
    if (this.#levels.size > 0) this.#watch()
  }
}
