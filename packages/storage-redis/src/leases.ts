import type { Lease, RouteNumber } from '@millrace/storage'

/** An event of which this process holds deliveries. */
export interface HeldEvent {
  readonly id: string
  readonly owner: string
  /** Of its record, where the log's entries count (limits); else 0. */
  readonly counted: number
  /** When it was appended, milliseconds since the epoch. */
  readonly at: number
  /** In the process's log, where all its deliveries are leased; or outside. */
  place: 'log' | 'outside'
  /** Some of its routes are marked as done in the log. */
  isMarked: boolean
  /** Leases that are being settled by a command that is not made yet. */
  settling: number
  readonly routes: Map<RouteNumber, Lease>
}

export type NewEvent = Pick<HeldEvent, 'id' | 'owner' | 'counted' | 'at' | 'place'>

/** So many events, and as many as are held, between two Maps. */
const leastAdded = 32

/** What this process holds, as it believes: the store has the last word. */
export class Leases {
  #events = new Map<string, HeldEvent>()
  #added = 0
  #version = 0

  /** Rises with each change. */
  get version(): number {
    return this.#version
  }

  event(id: string): HeldEvent | undefined {
    return this.#events.get(id)
  }

  all(): Iterable<HeldEvent> {
    return this.#events.values()
  }

  /**
   * A Map that is written to for ever leaves a chain of its old tables to V8, which keeps alive what they hold; one
   * that is made anew before it is full does not.
   */
  #renew(): void {
    this.#added = 0
    this.#events = new Map(this.#events)
  }

  /** → the event, with these leases too */
  add(event: NewEvent, leases: readonly Lease[]): HeldEvent {
    let held = this.#events.get(event.id)
    if (held === undefined) {
      held = { ...event, isMarked: false, settling: 0, routes: new Map() }
      this.#events.set(event.id, held)
      this.#added += 1
      if (this.#added > leastAdded + this.#events.size) this.#renew()
    }
    for (const lease of leases) held.routes.set(lease.route, lease)
    this.#version += 1
    return held
  }

  lease(event: string, route: RouteNumber): Lease | undefined {
    return this.#events.get(event)?.routes.get(route)
  }

  /** Takes a lease to settle it: nobody else can any more. The event stays known until `made`. */
  take(event: string, route: RouteNumber): HeldEvent | undefined {
    const held = this.#events.get(event)
    if (held === undefined || !held.routes.delete(route)) return undefined
    held.settling += 1
    this.#version += 1
    return held
  }

  /**
   * The command that settles a lease is being made: whatever is made later comes behind it. → the event,
   * which is forgotten with its last lease.
   */
  made(id: string): HeldEvent | undefined {
    const held = this.#events.get(id)
    if (held === undefined) return undefined
    held.settling -= 1
    if (isOver(held)) this.#events.delete(id)
    return held
  }

  /** All is lost: another process has it. */
  clear(): void {
    this.#events.clear()
    this.#version += 1
  }
}

/** Nothing of it is held any more. */
export function isOver({ routes, settling }: HeldEvent): boolean {
  return routes.size === 0 && settling <= 0
}
