import type { AppendItem, RouteNumber } from './appends.ts'
import type { DeadLetterDetails, NewDeadLetter, SettleResult } from './settles.ts'

/** Which deliveries are asked for: all that is given must hold. */
export interface DeliveryQuery {
  readonly routes?: readonly RouteNumber[]
  /** The `id` attribute of the event; what cannot be read has none. */
  readonly eventId?: string
  readonly key?: string
  /** `next` of the page before. */
  readonly after?: string
  readonly limit: number
  /** Whole records; else only their heads (`decodeRecordHead`), without the data. */
  readonly data?: boolean
}

/** A delivery that is not settled. */
export interface ListedDelivery {
  readonly id: string
  readonly route: RouteNumber
  /** Its event's number in the store, the same as the archive's cursor. */
  readonly event: string
  readonly owner: string
  /** `held`: behind an earlier one of its key. */
  readonly state: 'waiting' | 'leased' | 'held' | 'parked'
  readonly key: string | undefined
  /** When it is or was due; 0: it is parked. */
  readonly due: number
  readonly attempts: number
  readonly firstAttempt: number | undefined
  /** Milliseconds since the epoch. */
  readonly appendedAt: number
  /** None: it is unreadable in the store. */
  readonly record: Uint8Array | undefined
}

export interface DeliveryPage {
  readonly items: readonly ListedDelivery[]
  /** There may be more behind this. */
  readonly next: string | undefined
}

/** What is stored and unsettled. */
export interface DeliveryStore {
  /**
   * In the order of appends. Looks at everything that waits, in steps that hold nobody up; what is appended
   * or settled meanwhile may or may not be seen.
   */
  list(query: DeliveryQuery): Promise<DeliveryPage>
  /** Drops those that are not leased, parked ones too; the next of their key goes on. → which there were. */
  cancel(ids: readonly string[]): Promise<readonly string[]>
}

/** A key whose head has failed for good and waits for a decision. */
export interface ParkedKey {
  readonly route: RouteNumber
  readonly key: string
  /** Id of the delivery at its head. */
  readonly delivery: string
  /** Unsettled deliveries of the key, the head too. */
  readonly waiting: number
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly details: DeadLetterDetails
  /** The head's; none: it is unreadable. */
  readonly record: Uint8Array | undefined
}

export interface ParkedQuery {
  readonly routes?: readonly RouteNumber[]
  readonly key?: string
  readonly limit: number
}

/** What follows from the end of a parked head: as in a settlement. */
export interface ParkedEnd {
  readonly appends?: readonly AppendItem[]
  readonly deadLetters?: readonly NewDeadLetter[]
}

/** Parked keys: what stands until somebody decides. Whatever is done here wakes the route. */
export interface ParkedKeys {
  /** Those that have stood longest first. */
  list(query: ParkedQuery): Promise<readonly ParkedKey[]>
  /** The head is due at once, as if it had never been attempted (`attempts` forgets it too). → whether the key was parked. */
  release(route: RouteNumber, key: string): Promise<boolean>
  /**
   * Ends the head with what follows from it, in one step; the rest of the key goes on. `delivery` is the
   * head that the caller has seen: stale where it is another one by now.
   */
  skip(parked: Pick<ParkedKey, 'route' | 'key' | 'delivery'>, end: ParkedEnd): Promise<SettleResult>
}
