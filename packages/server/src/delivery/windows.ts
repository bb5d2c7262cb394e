import type { ArchivePolicy, Route } from '@millrace/core'
import type { AppendItem, AppendResult, Lease, RouteNumber, Target } from '@millrace/storage'
import { ByteBudget } from './byte-budget.ts'
import type { Draft } from './draft.ts'
import { heldBack } from './held-back.ts'
import type { PreparedEvent } from './prepared-event.ts'
import type { HeldDelivery, RouteQueue } from './route-queue.ts'

/** An event on its way into the store, with the room that was taken for its deliveries. */
export interface Shipment {
  readonly item: AppendItem
  /** To be called with the store's answer, exactly once. */
  answered(result: AppendResult): void
}

export interface WindowsListener {
  /** A delivery was leased and waits for its attempt. */
  ready(queue: RouteQueue): void
  /** Something of this route waits in the store. */
  spilled(queue: RouteQueue): void
  /** Something of this route waits in the store for its time. */
  scheduled(queue: RouteQueue, due: number): void
  /** There is more room for this route, and more of the budget for all. */
  freed(queue: RouteQueue): void
}

const noLeases: readonly Lease[] = []

/** Leases come in the order of the targets, so it is the next one, as a rule. */
function leaseOf({ number }: RouteQueue, leases: readonly Lease[], next: number): Lease | undefined {
  const lease = leases[next]
  return lease?.route === number ? lease : leases.find(({ route }) => route === number)
}

/** The windows of all routes: who may hold what in memory, and what spills. */
export class Windows {
  readonly budget: ByteBudget
  readonly #queues = new Map<string, RouteQueue>()
  readonly #byNumber = new Map<RouteNumber, RouteQueue>()
  readonly #listener: WindowsListener
  readonly #now: () => number

  constructor(budgetBytes: number, listener: WindowsListener, now: () => number = Date.now) {
    this.#now = now
    this.budget = new ByteBudget(budgetBytes)
    this.#listener = listener
  }

  queue(routeId: string): RouteQueue | undefined {
    return this.#queues.get(routeId)
  }

  queueOf(number: RouteNumber): RouteQueue | undefined {
    return this.#byNumber.get(number)
  }

  all(): Iterable<RouteQueue> {
    return this.#queues.values()
  }

  add(queue: RouteQueue): void {
    this.#queues.set(queue.route.id, queue)
    this.#byNumber.set(queue.number, queue)
  }

  remove(queue: RouteQueue): void {
    queue.removed = true
    clearTimeout(queue.timer)
    this.#queues.delete(queue.route.id)
    this.#byNumber.delete(queue.number)
  }

  /** Takes room in the windows of `routes` and makes the append. */
  ship(
    owner: string,
    event: PreparedEvent,
    stored: Uint8Array,
    routes: readonly Route[],
    archive?: ArchivePolicy,
    order?: string,
  ): Shipment {
    // of their length: an array that grows takes room for seventeen
    const queues = routes.map((route) => this.#queueOf(route))
    const to = queues.map((queue, index) => this.#target(queue, routes[index]!, event, order))
    const item: Draft<AppendItem> = { owner, record: stored, to }
    if (archive !== undefined) item.archive = { keepMs: archive.keepMs, eventId: event.id }
    return { item, answered: (result) => this.#shipped(event, queues, to, result) }
  }

  #queueOf({ id }: Route): RouteQueue {
    const queue = this.#queues.get(id)
    if (queue === undefined) throw new Error(`route ${id} has no window`)
    return queue
  }

  #target(queue: RouteQueue, route: Route, event: PreparedEvent, order: string | undefined): Target {
    const held = route.flow === undefined ? undefined : heldBack(route.flow, event, this.#now(), order)
    const lease = held === undefined && this.#hasRoom(queue, event)
    if (lease) this.#hold(queue, event)
    else if (held?.due === undefined) {
      queue.spilled = true
      queue.spilling += 1
    }
    return held === undefined ? { route: queue.number, lease } : { route: queue.number, lease, ...held }
  }

  #shipped(
    event: PreparedEvent,
    queues: readonly RouteQueue[],
    to: readonly Target[],
    result: AppendResult,
  ): void {
    const leases = result.kind === 'stored' ? result.leases : noLeases
    let next = 0
    // by index: an iterator would be one more thing that each event leaves to the collector
    for (let index = 0; index < queues.length; index += 1) {
      const queue = queues[index]!
      const { due, lease: reserved } = to[index]!
      if (due === undefined) {
        const lease = reserved ? leaseOf(queue, leases, next) : undefined
        if (lease !== undefined) next += 1
        this.#answered(queue, event, reserved, lease, result)
      } else if (result.kind === 'stored') this.#listener.scheduled(queue, due)
    }
  }

  /** Takes in what was claimed. */
  claimed(queue: RouteQueue, lease: Lease, event: PreparedEvent): void {
    this.#hold(queue, event)
    queue.ready.push({ lease, event, queue })
  }

  /** The delivery is settled or released: its room is free. */
  drop({ queue, event }: HeldDelivery): void {
    this.#letGo(queue, event)
  }

  #answered(
    queue: RouteQueue,
    event: PreparedEvent,
    reserved: boolean,
    lease: Lease | undefined,
    result: AppendResult,
  ): void {
    if (!reserved) queue.spilling -= 1
    if (lease !== undefined && reserved) {
      queue.ready.push({ lease, event, queue })
      this.#listener.ready(queue)
      return
    }
    if (reserved) this.#letGo(queue, event)
    if (result.kind === 'stored') this.#listener.spilled(queue)
  }

  #hasRoom(queue: RouteQueue, event: PreparedEvent): boolean {
    if (!queue.active || queue.spilled || queue.room === 0) return false
    // an event that another window holds already takes no further bytes
    return (
      event.holders > 0 ||
      this.budget.room(queue.heldBytes) >= Math.min(event.size, queue.held === 0 ? 1 : Infinity)
    )
  }

  #hold(queue: RouteQueue, event: PreparedEvent): void {
    if (event.holders === 0) this.budget.take(event.size)
    event.holders += 1
    queue.held += 1
    queue.heldBytes += event.size
  }

  #letGo(queue: RouteQueue, event: PreparedEvent): void {
    event.holders -= 1
    if (event.holders === 0) this.budget.give(event.size)
    queue.held -= 1
    queue.heldBytes -= event.size
    this.#listener.freed(queue)
  }
}
