import type { RouteNumber } from './port/appends.ts'
import type { DeadLetterDetails, DeliveryEnd, FailedAttempt } from './port/settles.ts'

/** One delivery of an event that is not settled. */
export interface MovedDelivery {
  readonly route: RouteNumber
  /** Milliseconds since the epoch; 0: it is parked. */
  readonly due: number
  readonly attempts: number
  readonly firstAttempt: number | undefined
  readonly interruptions: number
  readonly key: string | undefined
  /** It stands at the head of its key. */
  readonly parked: { readonly since: number; readonly details: DeadLetterDetails } | undefined
}

/** An event with all that a store knows of it. */
export interface MovedEvent {
  /** What it is called where it comes from: its deliveries are `REF-ROUTE` there. */
  readonly ref: string
  /** Microseconds since the epoch; never less than of the one before. */
  readonly at: number
  /** Undefined: it is gone, and its failed attempts are still known. */
  readonly stored: { readonly owner: string; readonly record: Uint8Array } | undefined
  /** In the order of routes. */
  readonly deliveries: readonly MovedDelivery[]
  /** It is in the archive. */
  readonly archived:
    | {
        readonly until: number
        readonly eventId: string | undefined
        readonly ends: readonly { readonly route: RouteNumber; readonly end: DeliveryEnd }[]
      }
    | undefined
  readonly attempts: readonly { readonly route: RouteNumber; readonly failed: readonly FailedAttempt[] }[]
}

/** A part of what a store holds. Numbers of routes stay what they are. */
export type StorePiece =
  | {
      readonly kind: 'route'
      readonly route: RouteNumber
      readonly id: string
      readonly orphanedSince: number | undefined
    }
  | { readonly kind: 'event'; readonly event: MovedEvent }
  | {
      readonly kind: 'deadLetter'
      readonly ref: string
      /** Microseconds since the epoch. */
      readonly at: number
      readonly route: RouteNumber
      readonly details: DeadLetterDetails
      readonly record: Uint8Array
    }
  | { readonly kind: 'checkpoint'; readonly key: string; readonly value: Uint8Array }
  /** Until when what has this key is a duplicate, milliseconds since the epoch. */
  | { readonly kind: 'dedupe'; readonly key: string; readonly until: number }
  /** The last token of a named lease: the next one is higher. */
  | { readonly kind: 'singleton'; readonly name: string; readonly token: number }

/** A store that nobody works on, to be read as a whole. It stays as it is. */
export interface StoreSource {
  /** Everything, some at a time: routes, events in the order of appends, dead letters oldest first, small values. */
  pieces(): AsyncIterable<readonly StorePiece[]>
  close(): Promise<void>
}

/** An empty store, to be filled. What was taken is there, and can be opened, once it is finished: all of it or nothing. */
export interface StoreTarget {
  /** In the order in which a source gives them. */
  take(pieces: readonly StorePiece[]): Promise<void>
  finish(): Promise<void>
  close(): Promise<void>
}

/** A delivery that is named in details, by its event's new name. */
export function renamedDelivery(
  details: DeadLetterDetails,
  rename: (ref: string) => string,
): DeadLetterDetails {
  const [, ref, route] = /^(.+)-(\d+)$/.exec(details.delivery ?? '') ?? []
  return ref === undefined ? details : { ...details, delivery: `${rename(ref)}-${route ?? ''}` }
}
