/** A connection on which requests wait for their turn. */
interface Waiting {
  /** Begins at most so many of them. */
  proceed(most: number): void
}

/** Requests that are begun before others of the process have their turn: deliveries, answers, other connections. */
const mostInTurn = 64
/** Requests that are served at once, and that wait, over all connections. */
const most = { served: 16_384, waiting: 16_384 }

/** What all connections of an ingress have under way, and whose turn it is. */
export class IngressLoad {
  #served = 0
  #waiting = 0
  #begun = 0
  readonly #queue = new Set<Waiting>()

  get served(): number {
    return this.#served
  }

  /** Those that have something waiting may begin no more before the next turn. */
  get turnIsOver(): boolean {
    return this.#begun >= mostInTurn
  }

  get isFull(): boolean {
    return this.#served >= most.served
  }

  begin(): void {
    this.#served += 1
    this.#begun += 1
    // a turn that has not been used up needs no end
    if (this.#begun === mostInTurn) setImmediate(() => this.#nextTurn())
  }

  done(): void {
    this.#served -= 1
  }

  /** → whether there is room for one more that waits. */
  wait(): boolean {
    if (this.#waiting >= most.waiting) return false
    this.#waiting += 1
    return true
  }

  waitNoMore(count: number): void {
    this.#waiting -= count
  }

  /** It has requests that may begin in the next turn. */
  enqueue(connection: Waiting): void {
    this.#queue.add(connection)
  }

  dequeue(connection: Waiting): void {
    this.#queue.delete(connection)
  }

  #nextTurn(): void {
    this.#begun = 0
    const share = Math.max(1, Math.floor(mostInTurn / Math.max(1, this.#queue.size)))
    let left = this.#queue.size
    for (const connection of this.#queue) {
      if (left === 0 || this.turnIsOver) return
      left -= 1
      // who has more comes behind all others, in another turn
      this.#queue.delete(connection)
      connection.proceed(share)
    }
  }
}
