import type { Socket } from 'node:net'

/** A connection as it stands in the line of those without a request; the fields are the line's own. */
export interface Lined<Self> {
  readonly socket: Socket
  before: Self | undefined
  behind: Self | undefined
  isLined: boolean
}

/**
 * The open connections of an ingress, up to a cap. Beyond it the one that has been without a request for
 * longest makes room, so that a flood of idle ones keeps nobody out; where all are busy, the new one is closed.
 * They come and go with each request: so they stand in a line, which costs no memory.
 */
export class OpenConnections<One extends Lined<One>> {
  readonly #cap: number
  #longest: One | undefined
  #latest: One | undefined
  #open = 0

  constructor(cap: number) {
    this.#cap = cap
  }

  opened(one: One): void {
    this.#open += 1
    one.socket.once('close', () => {
      this.#open -= 1
      this.busy(one)
    })
    if (this.#open > this.#cap && !this.#makeRoom()) one.socket.destroy()
    else this.idle(one)
  }

  /** A request has come on it, or it is closed. */
  busy(one: One): void {
    if (!one.isLined) return
    const { before, behind } = one
    if (before === undefined) this.#longest = behind
    else before.behind = behind
    if (behind === undefined) this.#latest = before
    else behind.before = before
    one.before = one.behind = undefined
    one.isLined = false
  }

  /** All its requests have been answered. */
  idle(one: One): void {
    if (one.isLined || one.socket.destroyed) return
    one.before = this.#latest
    if (this.#latest === undefined) this.#longest = one
    else this.#latest.behind = one
    this.#latest = one
    one.isLined = true
  }

  /** → whether there was one to close. */
  #makeRoom(): boolean {
    const longest = this.#longest
    if (longest === undefined) return false
    this.busy(longest)
    longest.socket.destroy()
    return true
  }
}
