import type { RouteNumber } from '@millrace/storage'

/** An event of which deliveries are as fresh as when it was appended. */
export interface FreshEvent {
  readonly owner: string
  /** Of its record. */
  readonly bytes: number
  /** Those that have not ended. */
  readonly routes: RouteNumber[]
  /** Other deliveries of it are, or were, rows. */
  readonly hasRows: boolean
  /** How far it is was written, because some of its deliveries ended in an earlier transaction. */
  marked: boolean
}

const mostGone = 1_000

/**
 * Events with deliveries that were leased by their append and have met nothing unusual since. The event's row
 * names their routes; they have no rows of their own, which nearly all deliveries thus never need.
 */
export class FreshEvents {
  readonly #events = new Map<number, FreshEvent>()
  /** Their numbers, ascending, with some of those that have gone: a Map is slow to find its first after many. */
  #order: number[] = []
  #gone = 0
  /** Some of whose deliveries have ended in the open transaction, but not all. */
  readonly changed = new Set<number>()

  get size(): number {
    return this.#events.size
  }

  get(event: number): FreshEvent | undefined {
    return this.#events.get(event)
  }

  holds(event: number, route: RouteNumber): boolean {
    return this.#events.get(event)?.routes.includes(route) === true
  }

  /** Events are added in the order of their numbers. */
  add(event: number, fresh: FreshEvent): void {
    this.#events.set(event, fresh)
    this.#order.push(event)
  }

  /** Puts one back that a transaction had taken away. */
  putBack(event: number, fresh: FreshEvent): void {
    this.#events.set(event, fresh)
    this.#order = [...this.#events.keys()].toSorted((left, right) => left - right)
    this.#gone = 0
  }

  delete(event: number): void {
    this.#events.delete(event)
    this.changed.delete(event)
  }

  /** One that is fresh on disk has no lease any more. */
  forget(event: number, route: RouteNumber): void {
    const routes = this.#events.get(event)?.routes
    const at = routes?.indexOf(route) ?? -1
    if (at >= 0) routes?.splice(at, 1)
  }

  /** The oldest one's number. */
  first(): number | undefined {
    const order = this.#order
    while (this.#gone < order.length && !this.#events.has(order[this.#gone]!)) this.#gone += 1
    if (this.#gone > mostGone && this.#gone > order.length / 2) {
      order.splice(0, this.#gone)
      this.#gone = 0
    }
    return order[this.#gone]
  }

  all(): IterableIterator<[number, FreshEvent]> {
    return this.#events.entries()
  }
}

/** When a fresh delivery was due, in milliseconds: an event's number tells when it was appended. */
export function appendedAt(event: number): number {
  return Math.max(1, Math.floor(event / 1_000))
}
