import type { RouteNumber } from '@millrace/storage'

/** Events in a row of one owner and with the same routes, as they stand in `pack.contents`. */
export interface Run {
  readonly owner: string
  readonly routes: readonly RouteNumber[]
  /** Of each event its number and the length of its record. */
  readonly events: readonly (readonly [event: number, bytes: number])[]
}

/** Of one route, as in `pack_route`. */
export interface Left {
  readonly route: RouteNumber
  /** A bit for each event of the pack: its delivery is left; undefined: of all that have one. */
  readonly bits: Uint8Array | undefined
}

/** A run by where it begins: at which event of the pack, and at which of its deliveries. */
interface Place {
  readonly run: Run
  readonly event: number
  readonly delivery: number
}

const gone = 0
const waiting = 1
const leased = 2

/**
 * Events that were appended by one transaction and lie in one row of the database, with deliveries that have
 * met nothing unusual: due when they were appended, never attempted, without a key. Deliveries are counted
 * through, event by event, and known by that count within their pack.
 */
export class Pack {
  /** Of its first event. */
  readonly id: number
  readonly events: readonly number[]
  readonly runs: readonly Run[]
  readonly routes: readonly RouteNumber[]
  /** Routes whose deliveries have ended, or moved, in the open transaction. */
  readonly changed = new Set<RouteNumber>()
  readonly #places: readonly Place[]
  /** Where each record ends among the records of the pack. */
  readonly #ends: readonly number[]
  readonly #states: Uint8Array
  /** Of each route, in the order of `routes`: how many deliveries are left. */
  readonly #left: number[]
  #total = 0
  #leased = 0

  /** `left`: of each route that has something left; undefined: all is. */
  constructor(id: number, runs: readonly Run[], left?: readonly Left[]) {
    const events: number[] = []
    const ends: number[] = []
    const places: Place[] = []
    const routes: RouteNumber[] = []
    let deliveries = 0
    let end = 0
    for (const run of runs) {
      places.push({ run, event: events.length, delivery: deliveries })
      deliveries += run.events.length * run.routes.length
      for (const route of run.routes) if (!routes.includes(route)) routes.push(route)
      for (const [event, bytes] of run.events) {
        events.push(event)
        ends.push((end += bytes))
      }
    }
    this.id = id
    this.events = events
    this.runs = runs
    this.routes = routes
    this.#places = places
    this.#ends = ends
    this.#states = new Uint8Array(deliveries)
    this.#left = routes.map(() => 0)
    if (left === undefined) this.#fill()
    else for (const { route, bits } of left) this.#restore(route, bits)
  }

  /** Of its last event. */
  get last(): number {
    return this.events[this.events.length - 1] ?? this.id
  }

  /** How many deliveries are left. */
  get total(): number {
    return this.#total
  }

  get isLeased(): boolean {
    return this.#leased > 0
  }

  leftOf(route: RouteNumber): number {
    return this.#left[this.routes.indexOf(route)] ?? 0
  }

  /** Where an event stands in the pack; -1: nowhere. */
  indexOf(event: number): number {
    const { events } = this
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (events[middle]! < event) low = middle + 1
      else high = middle
    }
    return events[low] === event ? low : -1
  }

  /** The delivery of an event to a route; -1: there never was one. */
  delivery(index: number, route: RouteNumber): number {
    const { run, event, delivery } = this.#placeOf(index)
    const at = run.routes.indexOf(route)
    return at < 0 ? -1 : delivery + (index - event) * run.routes.length + at
  }

  isLeft(delivery: number): boolean {
    return delivery >= 0 && this.#states[delivery] !== gone
  }

  isWaiting(delivery: number): boolean {
    return delivery >= 0 && this.#states[delivery] === waiting
  }

  isHeld(delivery: number): boolean {
    return delivery >= 0 && this.#states[delivery] === leased
  }

  lease(delivery: number): void {
    this.#states[delivery] = leased
    this.#leased += 1
  }

  release(delivery: number): void {
    this.#states[delivery] = waiting
    this.#leased -= 1
  }

  /** → what undoes it. */
  end(delivery: number, route: RouteNumber): () => void {
    const at = this.routes.indexOf(route)
    const state = this.#states[delivery]!
    const count = (by: 1 | -1): void => {
      this.#left[at]! += by
      this.#total += by
      if (state === leased) this.#leased += by
    }
    this.#states[delivery] = gone
    this.changed.add(route)
    count(-1)
    return () => {
      this.#states[delivery] = state
      count(1)
    }
  }

  ownerOf(index: number): string {
    return this.#placeOf(index).run.owner
  }

  /** Where an event's record lies among the records of the pack. */
  span(index: number): readonly [from: number, until: number] {
    return [this.#ends[index - 1] ?? 0, this.#ends[index]!]
  }

  /** Whether no delivery of an event is left. */
  isDone(index: number): boolean {
    const { run, event, delivery } = this.#placeOf(index)
    const from = delivery + (index - event) * run.routes.length
    for (let at = from; at < from + run.routes.length; at += 1) if (this.#states[at] !== gone) return false
    return true
  }

  /** The routes to which deliveries of an event are left. */
  routesOf(index: number): RouteNumber[] {
    const { run } = this.#placeOf(index)
    return run.routes.filter((route) => this.isLeft(this.delivery(index, route)))
  }

  /** The events with a delivery to a route, by where they stand, with that delivery. */
  *deliveriesOf(route: RouteNumber): Generator<readonly [index: number, delivery: number]> {
    for (const { run, event, delivery } of this.#places) {
      const at = run.routes.indexOf(route)
      if (at < 0) continue
      for (let n = 0; n < run.events.length; n += 1) yield [event + n, delivery + n * run.routes.length + at]
    }
  }

  *leases(): Generator<readonly [event: number, route: RouteNumber]> {
    for (const route of this.routes)
      for (const [index, delivery] of this.deliveriesOf(route))
        if (this.isHeld(delivery)) yield [this.events[index]!, route]
  }

  /** What `pack_route` says of a route that is neither untouched nor done. */
  bits(route: RouteNumber): Uint8Array {
    const bits = new Uint8Array(Math.ceil(this.events.length / 8))
    for (const [index, delivery] of this.deliveriesOf(route))
      if (this.isLeft(delivery)) bits[index >>> 3]! |= 1 << (index & 7)
    return bits
  }

  #fill(): void {
    this.#states.fill(waiting)
    this.#total = this.#states.length
    for (const { run } of this.#places)
      for (const route of run.routes) this.#left[this.routes.indexOf(route)]! += run.events.length
  }

  #restore(route: RouteNumber, bits: Uint8Array | undefined): void {
    const at = this.routes.indexOf(route)
    for (const [index, delivery] of this.deliveriesOf(route)) {
      if (bits !== undefined && ((bits[index >>> 3] ?? 0) & (1 << (index & 7))) === 0) continue
      this.#states[delivery] = waiting
      this.#left[at]! += 1
      this.#total += 1
    }
  }

  #placeOf(index: number): Place {
    const places = this.#places
    let low = 0
    let high = places.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (places[middle]!.event > index) high = middle - 1
      else low = middle
    }
    return places[low]!
  }
}
