import type { RouteNumber } from './appends.ts'
import type { DeliveryEnd } from './settles.ts'

/** How one delivery of an archived event ended; those that have not ended are found among the deliveries. */
export interface ArchivedEnd extends DeliveryEnd {
  /** Its id, for `attempts`. */
  readonly delivery: string
  readonly route: RouteNumber
}

export interface ArchivedEvent {
  /** The event's number in the store. */
  readonly cursor: string
  readonly owner: string
  readonly record: Uint8Array
  /** In order of routes. */
  readonly ends: readonly ArchivedEnd[]
}

/** What archived owners accepted, in order. */
export interface Archive {
  scan(owner: string, after: string | undefined, limit: number): Promise<readonly ArchivedEvent[]>
  /** Every event with this `id` attribute, of whichever owner, oldest first; at most 100. */
  find(eventId: string): Promise<readonly ArchivedEvent[]>
}
