import type { DeadLetter, FailedAttempt, RouteNumber } from '../storage.ts'
import { DueQueue } from './due-queue.ts'

/** An event, stored once however many deliveries it has. */
export interface StoredEvent {
  readonly number: number
  readonly owner: string
  record: Uint8Array | undefined
  readonly appendedAt: number
  deliveries: number
  /** Until when it is in the archive; undefined: it is not. */
  archivedUntil: number | undefined
}

/** One event to be delivered on one route. */
export interface StoredDelivery {
  readonly id: string
  readonly event: StoredEvent
  readonly route: RouteNumber
  readonly key: string | undefined
  due: number
  attempts: number
  firstAttempt: number | undefined
  /** `held`: behind an earlier one of its key. */
  state: 'waiting' | 'leased' | 'held' | 'gone'
}

/** A place in a route's queue; out of date once the delivery's state or due time has changed. */
interface Place {
  readonly due: number
  readonly order: number
  readonly delivery: StoredDelivery
}

/** All of one route; `all` is in the order of appends. */
interface RouteQueue {
  readonly all: Set<StoredDelivery>
  readonly due: DueQueue<Place>
  /** The deliveries of each key, first the one that may be out. */
  readonly keys: Map<string, Set<StoredDelivery>>
}

/**
 * What a store in memory holds. It is apart from the handle that works on it, so that a test can lose
 * the one and keep the other, as a process dies and a disk stays.
 */
export class MemoryImage {
  /** One handle at a time has it. */
  held = false
  bytes = 0
  readonly events = new Map<number, StoredEvent>()
  readonly deliveries = new Map<string, StoredDelivery>()
  readonly attempts = new Map<string, FailedAttempt[]>()
  readonly dedupe = new Map<string, number>()
  readonly deadLetters = new Map<string, DeadLetter>()
  readonly routes = new Map<string, { readonly route: RouteNumber; orphanedSince: number | undefined }>()
  readonly known = new Set<RouteNumber>()
  readonly orphans = new Set<RouteNumber>()
  readonly checkpoints = new Map<string, Uint8Array>()
  readonly singletons = new Map<string, { holder: string; token: number; until: number }>()
  readonly #queues = new Map<RouteNumber, RouteQueue>()
  #last = 0

  /** Ascending numbers for events and dead letters. */
  next(): number {
    this.#last += 1
    return this.#last
  }

  queueOf(route: RouteNumber): RouteQueue {
    let queue = this.#queues.get(route)
    if (queue === undefined) {
      queue = { all: new Set(), due: new DueQueue(), keys: new Map() }
      this.#queues.set(route, queue)
    }
    return queue
  }

  addEvent(owner: string, record: Uint8Array | undefined, now: number, keepMs?: number): StoredEvent {
    const archivedUntil = keepMs === undefined ? undefined : now + keepMs
    const event = { number: this.next(), owner, record, appendedAt: now, deliveries: 0, archivedUntil }
    this.events.set(event.number, event)
    this.bytes += record?.length ?? 0
    return event
  }

  /** `lease`: it is out at once. One that is there already stays as it is. */
  addDelivery(
    event: StoredEvent,
    to: { readonly route: RouteNumber; readonly due: number; readonly key?: string | undefined },
    lease = false,
  ): StoredDelivery {
    const { route, due, key } = to
    const id = `${event.number}-${route}`
    const known = this.deliveries.get(id)
    if (known !== undefined) return known
    const delivery: StoredDelivery = {
      id,
      event,
      route,
      key,
      due,
      attempts: 0,
      firstAttempt: undefined,
      state: lease ? 'leased' : 'waiting',
    }
    event.deliveries += 1
    this.deliveries.set(id, delivery)
    const queue = this.queueOf(route)
    queue.all.add(delivery)
    if (key !== undefined) {
      const same = queue.keys.get(key) ?? new Set()
      queue.keys.set(key, same.add(delivery))
      if (same.size > 1) delivery.state = 'held'
    }
    if (delivery.state === 'waiting') this.wait(delivery)
    return delivery
  }

  /** Puts a delivery (back) into the queue of its route. */
  wait(delivery: StoredDelivery): void {
    delivery.state = 'waiting'
    this.queueOf(delivery.route).due.push({ due: delivery.due, order: delivery.event.number, delivery })
  }

  /** The earliest that is neither leased nor held by its key. */
  first(route: RouteNumber): StoredDelivery | undefined {
    const { due } = this.queueOf(route)
    for (let place = due.peek(); place !== undefined; place = due.peek()) {
      if (place.delivery.state === 'waiting' && place.delivery.due === place.due) return place.delivery
      due.pop()
    }
    return undefined
  }

  removeDelivery(delivery: StoredDelivery): void {
    delivery.state = 'gone'
    this.deliveries.delete(delivery.id)
    const queue = this.queueOf(delivery.route)
    queue.all.delete(delivery)
    if (delivery.key !== undefined) this.#promote(queue, delivery, delivery.key)
    delivery.event.deliveries -= 1
    this.sweepEvent(delivery.event)
  }

  #promote(queue: RouteQueue, gone: StoredDelivery, key: string): void {
    const same = queue.keys.get(key)
    same?.delete(gone)
    const head = same?.values().next().value
    if (head === undefined) queue.keys.delete(key)
    else if (head.state === 'held') this.wait(head)
  }

  /** An event goes with its last delivery, unless the archive keeps it. */
  sweepEvent(event: StoredEvent): void {
    if (event.deliveries > 0 || event.archivedUntil !== undefined) return
    if (this.events.delete(event.number)) this.bytes -= event.record?.length ?? 0
  }
}
