/** A route's permanent number in the store. */
export type RouteNumber = number

/** What an adapter can do; the conformance suite asserts either the behaviour or the refusal. */
export interface Capabilities {
  /** Other processes can work on the same store. */
  readonly shared: boolean
  /** Over what a settle with its appends is atomic. */
  readonly atomic: 'store' | 'tag'
  /** What was stored survives the process. */
  readonly durable: boolean
}

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
  /** Keep the event in the owner's archive too (also when `to` is empty). */
  readonly archive?: { readonly keepMs: number }
}

export type AppendResult =
  | { readonly kind: 'stored'; readonly leases: readonly Lease[] }
  | { readonly kind: 'duplicate' }
  | Refusal

/** The store takes nothing now. `share`: the owner is over its share of the limit (429); else 503. */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: 'unavailable' | 'full' | 'share'
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
  /** The encoded record: given by `claim`, left out by `append` (the caller has it). Undefined in a claim: unreadable in the store. */
  readonly record: Uint8Array | undefined
}

export interface ClaimRequest {
  readonly route: RouteNumber
  /** At most so many leases. */
  readonly max: number
  /** At most so many bytes of records, but always one where one is due. */
  readonly maxBytes: number
}

export interface ClaimResult {
  readonly route: RouteNumber
  /** In order of due time. */
  readonly leases: readonly Lease[]
  /** Due time of the earliest delivery of the route that is neither leased nor held by its key; none: there is none. */
  readonly nextDue: number | undefined
}

/** One failed attempt, kept for `event` and `get`. */
export interface FailedAttempt {
  /** From 1. */
  readonly n: number
  readonly at: number
  readonly code?: number
  readonly error?: string
  /** First bytes of the response, base64. */
  readonly body?: string
  readonly ms: number
}

/** What is known of a dead letter beside its record. */
export interface DeadLetterDetails {
  readonly reason: string
  readonly code?: number
  readonly attempts: number
  readonly firstAttempt: number
  readonly lastAttempt: number
  /** The event's `type` attribute, for listing; none where the record is unreadable. */
  readonly type?: string
  /** Where it was sent, without credentials. */
  readonly destination?: string
  readonly body?: string
  /** It is a reply that could not be forwarded: it is not for the route's subscriber, which has done its part. */
  readonly ofReply?: true
  /** Any further facts, JSON (such as the failure that came before, at the subscriber). */
  readonly more?: Readonly<Record<string, unknown>>
}

export interface NewDeadLetter {
  readonly route: RouteNumber
  /** Left out: the record of the delivery that is being settled. */
  readonly record?: Uint8Array
  readonly details: DeadLetterDetails
}

export interface DeadLetter {
  readonly id: string
  readonly route: RouteNumber
  readonly record: Uint8Array
  readonly details: DeadLetterDetails
}

/** The end of a lease, one atomic step: the delivery is gone, or due again, and what follows from it is stored. */
export interface Settlement {
  readonly lease: Lease
  readonly outcome: { readonly kind: 'done' } | { readonly kind: 'retry'; readonly due: number }
  readonly appends?: readonly AppendItem[]
  readonly deadLetters?: readonly NewDeadLetter[]
  /** The failed attempt; counts one attempt. */
  readonly attempt?: FailedAttempt
}

export type SettleResult =
  | { readonly kind: 'settled'; readonly appends: readonly AppendResult[] }
  /** Somebody else holds it, or it is gone: nothing was changed. */
  | { readonly kind: 'stale' }

export interface RouteStats {
  readonly route: RouteNumber
  /** Stored and unsettled, leased ones too. */
  readonly unsettled: number
  readonly deadLetters: number
  /** When its oldest unsettled event was appended, milliseconds since the epoch. */
  readonly oldest: number | undefined
  /** Earliest due time of what is not leased. */
  readonly nextDue: number | undefined
}

export interface RegisteredRoute {
  readonly route: RouteNumber
  readonly id: string
  /** When it was last part of a topology, milliseconds since the epoch; undefined: it is now. */
  readonly orphanedSince: number | undefined
}

/** Route identities and their permanent numbers. */
export interface RouteRegistry {
  /**
   * Declares the whole of the topology's routes. Known identities keep their numbers, new ones get the
   * next, and those that are left out are orphaned: what waits for them is held until they come back.
   */
  register(ids: readonly string[]): Promise<ReadonlyMap<string, RouteNumber>>
  list(): Promise<readonly RegisteredRoute[]>
  /** Removes what waits for an orphan, not what is leased. → how many deliveries. */
  drop(route: RouteNumber): Promise<number>
  /** Moves what waits for an orphan to another route; an event that waits there already is not doubled. → how many. */
  redirect(from: RouteNumber, to: RouteNumber): Promise<number>
}

export interface DeadLetterQuery {
  readonly routes?: readonly RouteNumber[]
  readonly type?: string
  /** Last attempt at or after this time. */
  readonly since?: number
  /** Id of the last one seen. */
  readonly after?: string
  readonly limit: number
}

export interface DeadLetterStore {
  /** Oldest first. */
  list(query: DeadLetterQuery): Promise<readonly DeadLetter[]>
  get(id: string): Promise<DeadLetter | undefined>
  /**
   * Each becomes a fresh delivery to `route`, atomically; its record may be replaced. Nothing is leased.
   * → the ids that were there.
   */
  redrive(
    items: readonly {
      id: string
      owner: string
      route: RouteNumber
      record?: Uint8Array
      key?: string
    }[],
  ): Promise<readonly string[]>
  /** → how many there were. */
  drop(ids: readonly string[]): Promise<number>
}

export interface ArchivedEvent {
  readonly cursor: string
  readonly record: Uint8Array
}

/** What archived owners accepted, in order. */
export interface Archive {
  scan(owner: string, after: string | undefined, limit: number): Promise<readonly ArchivedEvent[]>
}

/** Small values that sources keep, such as positions. */
export interface Checkpoints {
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, value: Uint8Array): Promise<void>
  delete(key: string): Promise<void>
}

/** Named leases for work that only one process does. Tokens rise with each holder (fencing). */
export interface Singletons {
  acquire(name: string, holder: string, ttlMs: number): Promise<number | undefined>
  renew(name: string, token: number, ttlMs: number): Promise<boolean>
  release(name: string, token: number): Promise<void>
}

/** How a store is; `ok` again is announced too. */
export type StorageHealth =
  | { readonly kind: 'ok' }
  /** Below the reserve: ingest is refused, settling goes on. */
  | { readonly kind: 'full'; readonly detail: string }
  /** Nothing is stored now; the adapter is mending it. */
  | { readonly kind: 'unavailable'; readonly detail: string }
  /** The adapter itself is gone (its thread died); only a restart helps. */
  | { readonly kind: 'dead'; readonly detail: string }

export interface StorageEvents {
  /** These routes may have something to claim that this process did not append. */
  wake(routes: readonly RouteNumber[] | 'all'): void
  health(health: StorageHealth): void
}

export interface StorageInfo {
  /** One line that says what a 202 means on this store. */
  readonly durability: string
  readonly bytes?: number
  readonly walBytes?: number
  /** Free space on the disk, where there is one. */
  readonly freeBytes?: number
}

/** Cut-off times, milliseconds since the epoch: what is older goes. */
export interface Expiry {
  readonly deadLetters?: number
  readonly orphans?: number
  readonly attempts?: number
}

export interface Expired {
  readonly deadLetters: number
  readonly orphans: number
  readonly attempts: number
  readonly archived: number
}

/**
 * The store. Every operation is atomic and, where the adapter is durable, synced when it resolves; only
 * `routes.drop`, `routes.redirect` and `expire` work in steps, and can be given again after a crash.
 * Calls made within one turn of the loop share a commit. `append` and `claim` answer for each item and
 * never reject for the store's state; `settle` waits until the store can take it.
 */
export interface Storage {
  readonly capabilities: Capabilities
  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>
  claim(requests: readonly ClaimRequest[]): Promise<readonly ClaimResult[]>
  /** Gives leases back: due at once, no attempt counted. */
  release(leases: readonly Lease[]): Promise<void>
  settle(items: readonly Settlement[]): Promise<readonly SettleResult[]>
  /** Renews all that this process holds. */
  renew(): Promise<void>
  readonly health: StorageHealth
  /** Registers for wake-ups and changes of health; the returned function ends it. */
  subscribe(events: Partial<StorageEvents>): () => void
  readonly routes: RouteRegistry
  readonly deadLetters: DeadLetterStore
  readonly archive: Archive
  readonly checkpoints: Checkpoints
  readonly singletons: Singletons
  /** Failed attempts of a delivery that are still known, oldest first. */
  attempts(deliveryId: string): Promise<readonly FailedAttempt[]>
  stats(): Promise<readonly RouteStats[]>
  info(): Promise<StorageInfo>
  expire(before: Expiry): Promise<Expired>
  /** Waits for what was asked, then closes. Leases that are still held are free for the next holder. */
  close(): Promise<void>
}
