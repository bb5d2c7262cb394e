import type { Route } from '@millrace/core'
import type { RouteQueue } from './route-queue.ts'
import type { Windows } from './windows.ts'

/** How long who could wait does, while a route's deliveries come to no end: then the store takes all of it. */
const patienceMs = 100
/** Of a window: with less room the steps would be so small that each costs more than it brings. */
const leastPart = 1 / 4

/**
 * Whether a source that reads on from a position had better wait: what finds no room in a route's window is
 * stored to be claimed later, which costs twice as much, and upstream keeps it as well. A subscriber that is away
 * holds up nobody.
 */
export class ReadAhead {
  readonly #windows: Pick<Windows, 'queue'>
  /** Who is to look again when there is room. */
  readonly #waiting = new Map<RouteQueue, Set<() => void>>()
  /** Nothing of them has come to its end since somebody waited in vain. */
  readonly #stuck = new Set<RouteQueue>()
  /** Room that was given in this turn of the loop, and is not taken yet. */
  readonly #given = new Map<RouteQueue, number>()

  constructor(windows: Pick<Windows, 'queue'>) {
    this.#windows = windows
  }

  /** How many of so many events one of the routes has room for, once it has, or it is of no use to wait for it. */
  async room(routes: readonly Route[], wanted: number): Promise<number> {
    const queues = routes.map((route) =>
      route.flow === undefined ? this.#windows.queue(route.id) : undefined,
    )
    const deadline = performance.now() + patienceMs
    for (;;) {
      const most = queues.reduce((room, queue) => Math.max(room, this.#roomOf(queue)), 0)
      if (most > 0 || queues.length === 0)
        return this.#give(queues, most > 0 ? Math.min(most, wanted) : wanted)
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) {
        for (const queue of queues) if (queue !== undefined) this.#stuck.add(queue)
        return wanted
      }
      await this.#freed(queues, leftMs)
    }
  }

  /** A delivery of the route has come to its end. */
  freed(queue: RouteQueue): void {
    this.#stuck.delete(queue)
    const waiting = this.#waiting.get(queue)
    if (waiting === undefined || this.#roomOf(queue) === 0) return
    for (const look of waiting) look()
  }

  #roomOf(queue: RouteQueue | undefined): number {
    // what has an order, a rate or a time comes by claims in any case
    if (queue === undefined || !queue.active || this.#stuck.has(queue)) return Infinity
    if (queue.spilled) return 0
    const room = queue.room - (this.#given.get(queue) ?? 0)
    return room >= queue.window * leastPart ? room : 0
  }

  /** They are on their way into the store at the end of this turn. */
  #give(queues: readonly (RouteQueue | undefined)[], count: number): number {
    if (this.#given.size === 0) setImmediate(() => this.#given.clear())
    for (const queue of queues)
      if (queue !== undefined) this.#given.set(queue, (this.#given.get(queue) ?? 0) + count)
    return count
  }

  async #freed(queues: readonly (RouteQueue | undefined)[], mostMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, mostMs)
    for (const queue of queues) if (queue !== undefined) this.#waitingFor(queue).add(resolve)
    await promise
    clearTimeout(timer)
    for (const queue of queues) if (queue !== undefined) this.#waitNoMore(queue, resolve)
  }

  #waitingFor(queue: RouteQueue): Set<() => void> {
    let waiting = this.#waiting.get(queue)
    if (waiting === undefined) this.#waiting.set(queue, (waiting = new Set()))
    return waiting
  }

  #waitNoMore(queue: RouteQueue, look: () => void): void {
    const waiting = this.#waiting.get(queue)
    waiting?.delete(look)
    if (waiting?.size === 0) this.#waiting.delete(queue)
  }
}
