import type { DeadLetter, DeadLetterDetails, FailedAttempt, RouteNumber } from '../storage.ts'
import { DueQueue } from './due-queue.ts'
import type { StoredEvent } from './memory-events.ts'
import { MemoryEvents } from './memory-events.ts'

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
  state: 'waiting' | 'leased' | 'held' | 'parked' | 'gone'
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
  /** Keys whose head is parked, those that have stood longest first. */
  readonly parked: Map<string, Parked>
}

export interface Parked {
  readonly delivery: StoredDelivery
  readonly since: number
  readonly details: DeadLetterDetails
}

/**
 * What a store in memory holds. It is apart from the handle that works on it, so that a test can lose
 * the one and keep the other, as a process dies and a disk stays.
 */
export class MemoryImage {
  /** One handle at a time has it. */
  held = false
  readonly events = new MemoryEvents()
  readonly deliveries = new Map<string, StoredDelivery>()
  readonly attempts = new Map<string, FailedAttempt[]>()
  readonly dedupe = new Map<string, number>()
  readonly deadLetters = new Map<string, DeadLetter>()
  readonly routes = new Map<string, { readonly route: RouteNumber; orphanedSince: number | undefined }>()
  readonly known = new Set<RouteNumber>()
  readonly orphans = new Set<RouteNumber>()
  readonly checkpoints = new Map<string, Uint8Array>()
  readonly singletons = new Map<string, { holder: string; token: number; until: number }>()
  /** Routes where the next of a key has got its turn. */
  readonly promoted = new Set<RouteNumber>()
  readonly #queues = new Map<RouteNumber, RouteQueue>()
  queueOf(route: RouteNumber): RouteQueue {
    let queue = this.#queues.get(route)
    if (queue === undefined) {
      queue = { all: new Set(), due: new DueQueue(), keys: new Map(), parked: new Map() }
      this.#queues.set(route, queue)
    }
    return queue
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
    this.events.delivery(event, 1)
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
    this.events.delivery(delivery.event, -1)
  }

  /** It keeps its place at the head of its key, and is not due. */
  park(delivery: StoredDelivery, key: string, since: number, details: DeadLetterDetails): void {
    Object.assign(delivery, { state: 'parked', due: 0 })
    this.queueOf(delivery.route).parked.set(key, { delivery, since, details })
  }

  /** It is due at once, as if it had never been attempted. */
  unpark({ delivery }: Parked, key: string, now: number): void {
    this.queueOf(delivery.route).parked.delete(key)
    this.attempts.delete(delivery.id)
    Object.assign(delivery, { due: now, attempts: 0, firstAttempt: undefined })
    this.wait(delivery)
  }

  #promote(queue: RouteQueue, gone: StoredDelivery, key: string): void {
    const same = queue.keys.get(key)
    same?.delete(gone)
    if (queue.parked.get(key)?.delivery === gone) queue.parked.delete(key)
    const head = same?.values().next().value
    if (head === undefined) queue.keys.delete(key)
    else if (head.state === 'held') {
      this.wait(head)
      this.promoted.add(gone.route)
    }
  }
}
