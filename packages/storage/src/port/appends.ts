/** A route's permanent number in the store. */
export type RouteNumber = number

/** One delivery of an event to a route. */
export interface Target {
  readonly route: RouteNumber
  /** The caller has room for it now: lease it in the append, if nothing else (key, due) holds it back. */
  readonly lease: boolean
  /** Ordered routes: of one key one delivery is out at a time, in the order of appends; never leased at append. */
  readonly key?: string
  /** Not before this time, milliseconds since the epoch. */
  readonly due?: number
}

/** One event to be stored with all its deliveries: atomic and durable when `stored` is answered. */
export interface AppendItem {
  /** Path of the addressable that accepted it; of a flow's inner one, that of the flow. */
  readonly owner: string
  /** The encoded record (record.ts). The store takes the buffer over: it may be detached. */
  readonly record: Uint8Array
  readonly to: readonly Target[]
  /** The same key within `keepMs` of the first: `duplicate`, and nothing is stored. */
  readonly dedupe?: { readonly key: string; readonly keepMs: number }
  /**
   * Keep the event in the owner's archive too (also when `to` is empty): for `keepMs`, and found by its
   * `id` attribute. What the archive may take in bytes is said to `expire`.
   */
  readonly archive?: { readonly keepMs: number; readonly eventId: string }
}

/**
 * A checkpoint that moves with the events of an append, in the same step, and only where nobody else has moved
 * it: what it stands for is stored once, whoever dies or comes back late. With no events it moves alone, and whether
 * it did it says itself; an append in doubt that is taken back leaves it where another value stands. Its values are texts, in UTF-8.
 */
export interface Advance {
  readonly key: string
  /** What it holds; undefined: there is none. Where that is not so, nothing is stored (`moved`). */
  readonly from: string | undefined
  readonly to: string
}

export type AppendResult =
  | { readonly kind: 'stored'; readonly leases: readonly Lease[] }
  | { readonly kind: 'duplicate' }
  | Refusal

/**
 * The store takes nothing now. `share`: this owner is over its own share (429), others are not; `full`: the
 * whole is over its limit, or there is no room (503); `unavailable`: it cannot say (503); `moved`: the checkpoint
 * that was to advance is not where the caller took it to be, which no time mends.
 */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: 'unavailable' | 'full' | 'share' | 'moved'
  readonly detail: string
  readonly retryAfterMs: number
}

/** A delivery that this process holds: nobody else works on it until it is settled, released or lost. */
export interface Lease {
  /** The delivery's id, unique in the store. */
  readonly id: string
  readonly route: RouteNumber
  /** Failed attempts so far. */
  readonly attempts: number
  /** When the first attempt was made, milliseconds since the epoch. */
  readonly firstAttempt: number | undefined
  /** Times that a holder died with it; never counted as attempts. 0 where the adapter cannot know. */
  readonly interruptions: number
  readonly key: string | undefined
  /**
   * The encoded record: given by `claim`, left out by `append` (the caller has it). Undefined in a claim: unreadable
   * in the store. Leases of one event in one claim may share it.
   */
  readonly record: Uint8Array | undefined
}
