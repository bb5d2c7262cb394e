import type { Route } from '@millrace/core'
import type { Lease, RouteNumber } from '@millrace/storage'
import type { RouteGate } from './gates/route-gate.ts'
import type { PreparedEvent } from './prepared-event.ts'

/** A leased delivery in memory. */
export interface HeldDelivery {
  readonly lease: Lease
  readonly event: PreparedEvent
  readonly queue: RouteQueue
}

/** Leases that a route with batches may hold, unless two batches are more. */
const mostForBatches = 2_000

/** What went wrong last, for `get`. */
export interface LastError {
  readonly at: number
  readonly reason: string
  readonly code?: number
}

/** One route's window: what this process holds of it in memory, and what it knows of the rest in the store. */
export class RouteQueue {
  readonly number: RouteNumber
  /** Replaced by a reload; holds from the next attempt on. */
  route: Route
  /** The route left the topology: nothing new is begun. */
  removed = false
  /** Its annotation or a command says that its deliveries wait. */
  paused = false
  readonly ready: HeldDelivery[] = []
  inFlight = 0
  /** Deliveries held: in appends under way, ready, being attempted, being settled. */
  held = 0
  heldBytes = 0
  /** Appends under way that asked for no lease. */
  spilling = 0
  /** Something may wait in the store: appends get no lease until claims have drained it. */
  spilled = false
  /** Earliest due time of what waits in the store, as far as known. */
  nextDue: number | undefined
  claiming = false
  /** When it was last claimed for, monotonic. */
  claimedAt = 0
  timer: NodeJS.Timeout | undefined
  lastError: LastError | undefined
  /** The last attempt that ended was a failure. */
  failing = false
  /** Of a route with a rate or a circuit. */
  gate: RouteGate | undefined
  /** Deliveries are, or were, put together for batches. */
  hasBatches = false

  constructor(route: Route, number: RouteNumber) {
    this.route = route
    this.number = number
  }

  /** Deliveries can be made: the route is in force, not paused, and its subscriber resolves. */
  get active(): boolean {
    return !this.removed && !this.paused && this.route.destination !== undefined
  }

  /** Leases it may hold: what is under way and as much again to follow. */
  get window(): number {
    const { inFlight, flow } = this.route
    if (flow?.batch === undefined) return inFlight * 2
    const { size } = flow.batch
    return Math.max(2 * size, Math.min(2 * inFlight * size, mostForBatches))
  }

  get room(): number {
    return Math.max(0, this.window - this.held)
  }

  /** Something that waits in the store can be claimed, as far as known. */
  isDue(nowMs: number): boolean {
    return this.nextDue !== undefined && this.nextDue <= nowMs
  }

  /** What waits in the store is due at `due`. */
  expect(due: number): void {
    if (this.nextDue === undefined || due < this.nextDue) this.nextDue = due
  }
}
