import type { Advance, AppendItem, AppendResult, Lease, RouteNumber } from './port/appends.ts'
import type { Archive } from './port/archive.ts'
import type { Jobs } from './port/jobs.ts'
import type { DeadLetter, FailedAttempt, Settlement, SettleResult } from './port/settles.ts'
import type { DeliveryStore, ParkedKeys } from './port/waiting.ts'

export type * from './port/appends.ts'
export type * from './port/archive.ts'
export type * from './port/jobs.ts'
export type * from './port/settles.ts'
export type * from './port/waiting.ts'

/** What an adapter can do; the conformance suite asserts either the behaviour or the refusal. */
export interface Capabilities {
  /** Other processes can work on the same store. */
  readonly shared: boolean
  /** Over what a settle with its appends is atomic. */
  readonly atomic: 'store' | 'tag'
  /** What was stored survives the process. */
  readonly durable: boolean
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
  /** Due time of the earliest delivery of the route that is neither leased, parked nor held by its key; none: there is none. */
  readonly nextDue: number | undefined
}

export interface RouteStats {
  readonly route: RouteNumber
  /** Stored and unsettled, leased ones too. */
  readonly unsettled: number
  readonly deadLetters: number
  /** Keys that are parked. */
  readonly parked: number
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
  /**
   * Removes what waits for an orphan, not what is leased. It ends after the step with which it has removed
   * `most`. → how many deliveries; fewer than `most`: all.
   */
  drop(route: RouteNumber, most?: number): Promise<number>
  /** Moves what waits for an orphan to another route, as `drop`; an event that waits there already is not doubled. */
  redirect(from: RouteNumber, to: RouteNumber, most?: number): Promise<number>
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
   * Each becomes a fresh delivery to `route`, atomically; its record may be replaced. Nothing is leased. An
   * archive keeps it as it keeps what is appended. → the ids that were there.
   */
  redrive(
    items: readonly {
      id: string
      owner: string
      route: RouteNumber
      record?: Uint8Array
      key?: string
      archive?: NonNullable<AppendItem['archive']>
    }[],
  ): Promise<readonly string[]>
  /** → how many there were. */
  drop(ids: readonly string[]): Promise<number>
}

/** Who writes: the holder of a name, as long as nobody else has taken it since. */
export interface Fence {
  readonly name: string
  readonly token: number
}

/** Small values that are kept, such as the positions of sources. */
export interface Checkpoints {
  get(key: string): Promise<Uint8Array | undefined>
  /** All whose key begins so, in order of keys. */
  list(prefix: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]>
  /** @throws {FencedError} another has the name of the fence by now: nothing was changed */
  put(key: string, value: Uint8Array, fence?: Fence): Promise<void>
  /** @throws {FencedError} as `put` */
  delete(key: string, fence?: Fence): Promise<void>
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
  /** What is written does not reach all who must have it, such as replicas: ingest is refused, settling goes on. */
  | { readonly kind: 'unconfirmed'; readonly detail: string }
  /** Nothing is stored now; the adapter is mending it. */
  | { readonly kind: 'unavailable'; readonly detail: string }
  /** The adapter itself is gone (its thread died); only a restart helps. */
  | { readonly kind: 'dead'; readonly detail: string }

export interface StorageEvents {
  /**
   * These routes may have something to claim that this process did not append: what others appended, what
   * was redriven or released, and the next of a key whose turn has come.
   */
  wake(routes: readonly RouteNumber[] | 'all'): void
  health(health: StorageHealth): void
  /** Another process has put or deleted this checkpoint; not called for what an append has moved, nor for this process's own changes. */
  checkpoint(key: string): void
  /** These are not this process's any more: nothing may be begun with them. */
  lost(leases: readonly Lease[]): void
  /** The processes that work on the store are others than before. */
  members(members: readonly Member[]): void
}

/** A live process that works on the store. */
export interface Member {
  /** Unique for each run of each process. */
  readonly id: string
  readonly host: string
  readonly pid: number
  /** When it opened the store, milliseconds since the epoch. */
  readonly since: number
}

/**
 * How much may be stored that is not settled: the bytes of the records, each event counted once, from its
 * append until its last delivery ends. Replies and redriven letters count, and are never refused. An owner
 * over its share is refused first (`share`), then everybody (`full`); appends of other owners go on.
 */
export interface StorageLimits {
  readonly totalBytes?: number
  /** For each owner. */
  readonly ownerBytes?: number
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
  /** What archives may take: of these owners the oldest events go until the rest is not larger. */
  readonly archives?: readonly { readonly owner: string; readonly maxBytes: number }[]
}

export interface Expired {
  readonly deadLetters: number
  readonly orphans: number
  readonly attempts: number
  readonly archived: number
}

/**
 * The store. Every operation is atomic and, where the adapter is durable, synced when it resolves; only
 * `routes.drop`, `routes.redirect`, `deliveries.cancel` and `expire` work in steps, and can be given again after a crash.
 * Calls made within one turn of the loop share a commit. `append` and `claim` answer for each item and
 * never reject for the store's state; `settle` waits until the store can take it.
 */
export interface Storage {
  readonly capabilities: Capabilities
  /**
   * The events of one request, of one owner: where one of them is refused, so are all, and none is stored.
   * `advance`: only with at least one event, and moved also where all of them are duplicates.
   */
  append(items: readonly AppendItem[], advance?: Advance): Promise<readonly AppendResult[]>
  claim(requests: readonly ClaimRequest[]): Promise<readonly ClaimResult[]>
  /** Gives leases back: due at once, no attempt counted. */
  release(leases: readonly Lease[]): Promise<void>
  settle(items: readonly Settlement[]): Promise<readonly SettleResult[]>
  /** Renews all that this process holds. */
  renew(): Promise<void>
  /**
   * Whether what this process holds is surely its own: it has renewed it, and what was not its own any more
   * then has been said (`lost`). Cheap: it is looked at before each attempt. Where it is not, `renew`.
   */
  holds(): boolean
  readonly health: StorageHealth
  /** Registers for wake-ups and changes of health; the returned function ends it. */
  subscribe(events: Partial<StorageEvents>): () => void
  readonly routes: RouteRegistry
  readonly deliveries: DeliveryStore
  readonly parked: ParkedKeys
  readonly deadLetters: DeadLetterStore
  readonly archive: Archive
  readonly checkpoints: Checkpoints
  readonly singletons: Singletons
  readonly jobs: Jobs
  /** Failed attempts of a delivery that are still known, oldest first. */
  attempts(deliveryId: string): Promise<readonly FailedAttempt[]>
  stats(): Promise<readonly RouteStats[]>
  /** This process's id among the members. */
  readonly member: string
  /** The live processes of the store, this one among them, longest first. */
  members(): Promise<readonly Member[]>
  info(): Promise<StorageInfo>
  expire(before: Expiry): Promise<Expired>
  /** Waits for what was asked, then closes. Leases that are still held are free for the next holder. */
  close(): Promise<void>
}
