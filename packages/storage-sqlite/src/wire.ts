import type {
  AppendItem,
  ClaimRequest,
  DeadLetterDetails,
  DeadLetter,
  DeadLetterQuery,
  DeadLetterStore,
  DeliveryEnd,
  DeliveryQuery,
  Fence,
  Expired,
  Expiry,
  FailedAttempt,
  ListedDelivery,
  NewDeadLetter,
  ParkedEnd,
  ParkedKey,
  ParkedQuery,
  RegisteredRoute,
  RouteStats,
  ArchivedEvent,
  StorageHealth,
  StorageLimits,
} from '@millrace/storage'
import type { MessageMemory } from './message-buffer.ts'

/** What the calls of one turn of the loop ask for (request-writer.ts). */
export interface Batch {
  readonly calls: number
  readonly memory: MessageMemory
  /** Owners that were not named before; each is known by its place among all of them. */
  readonly owners?: readonly string[]
  /** What words cannot say, by its index. */
  readonly others?: readonly unknown[]
}

export const callCodes = { append: 1, settle: 2, other: 3 } as const

/** One lease that ends; the worker's view of a `Settlement`. */
export interface SettleItem {
  readonly event: number
  readonly route: number
  readonly key: string | undefined
  /** Undefined: done, or parked. */
  readonly retryDue: number | undefined
  readonly parked: DeadLetterDetails | undefined
  /** How it is done, for the archive. */
  readonly end: DeliveryEnd | undefined
  readonly attempt: FailedAttempt | undefined
  readonly deadLetters: readonly NewDeadLetter[]
  readonly appends: readonly AppendItem[]
}

/** The two numbers of a lease's id. */
export type DeliveryKey = readonly [event: number, route: number]

/** What a claim gives for one route; `leases` has four words for each. */
export interface Claimed {
  readonly route: number
  readonly nextDue: number | undefined
  /** event, attempts, first attempt, key */
  readonly leases: readonly (number | string | null)[]
  readonly records: readonly (Uint8Array<ArrayBuffer> | null)[]
}

/** Some of what waits. `at`: where the step ended; undefined: there is nothing behind it. */
export interface ListedStep {
  readonly items: readonly ListedDelivery[]
  readonly at: string | undefined
}

/** Everything that is neither an append nor a settle: arguments and answer by name. */
export interface OtherCalls {
  claim: { args: readonly ClaimRequest[]; answer: Claimed[] }
  release: { args: readonly DeliveryKey[]; answer: undefined }
  register: { args: readonly string[]; answer: [string, number][] }
  routes: { args: undefined; answer: RegisteredRoute[] }
  dropRoute: { args: readonly [route: number, most: number | undefined]; answer: number }
  redirectRoute: { args: readonly [from: number, to: number, most: number | undefined]; answer: number }
  listDeliveries: { args: DeliveryQuery; answer: ListedStep }
  cancelDeliveries: { args: readonly string[]; answer: string[] }
  listParked: { args: ParkedQuery; answer: ParkedKey[] }
  releaseParked: { args: readonly [route: number, key: string]; answer: boolean }
  skipParked: {
    args: { readonly route: number; readonly key: string; readonly event: number; readonly end: ParkedEnd }
    answer: number[] | undefined
  }
  listDeadLetters: { args: DeadLetterQuery; answer: DeadLetter[] }
  getDeadLetter: { args: string; answer: DeadLetter | undefined }
  redrive: { args: Parameters<DeadLetterStore['redrive']>[0]; answer: string[] }
  dropDeadLetters: { args: readonly string[]; answer: number }
  scanArchive: {
    args: readonly [owner: string, after: string | undefined, limit: number]
    answer: ArchivedEvent[]
  }
  findArchived: { args: string; answer: ArchivedEvent[] }
  getCheckpoint: { args: string; answer: Uint8Array | undefined }
  listCheckpoints: { args: string; answer: [string, Uint8Array][] }
  /** → whether the fence let it. */
  putCheckpoint: {
    args: readonly [key: string, value: Uint8Array, fence: Fence | undefined]
    answer: boolean
  }
  deleteCheckpoint: { args: readonly [key: string, fence: Fence | undefined]; answer: boolean }
  acquire: { args: readonly [name: string, holder: string, ttlMs: number]; answer: number | undefined }
  extend: { args: readonly [name: string, token: number, ttlMs: number]; answer: boolean }
  attempts: { args: DeliveryKey; answer: FailedAttempt[] }
  stats: { args: undefined; answer: RouteStats[] }
  expire: { args: Expiry; answer: Expired }
  close: { args: undefined; answer: undefined }
}

export type OtherName = keyof OtherCalls

export type OtherCall = {
  [N in OtherName]: { readonly name: N; readonly args: OtherCalls[N]['args'] }
}[OtherName]

/**
 * The answer to one append: the event's number, or one of these. Which leases it has follows from the
 * item itself: all that could be leased (leasable.ts).
 */
export const appendCodes = {
  nothingStored: 0,
  duplicate: -1,
  unavailable: -2,
  full: -3,
  overShare: -4,
  overLimit: -5,
  moved: -6,
} as const

/** The answer to one settle: how many append answers follow, or this. */
export const staleCode = -1

/** Why the worker could not do one call. */
export interface CallFailure {
  readonly code: 'unavailable' | 'closed' | 'unexpected'
  readonly message: string
}

/** Worker → main: answers, news, or both. */
export interface Reply {
  /** For each append and settle: `id, count, codes…`. */
  readonly words: readonly number[]
  readonly others: readonly {
    readonly id: number
    readonly value?: unknown
    readonly failure?: CallFailure
  }[]
  /** Memory of messages, to be used again. */
  readonly spare?: readonly ArrayBuffer[]
  readonly health?: StorageHealth
  readonly wake?: readonly number[] | 'all'
}

/** The worker's first message: the store is open, or why not. */
export type Opening =
  | { readonly kind: 'open'; readonly routes: readonly number[]; readonly health: StorageHealth }
  | {
      readonly kind: 'failed'
      readonly code: 'held' | 'newer' | 'damaged' | 'unusable'
      readonly message: string
    }

/** What the worker is started with. */
export interface WorkerSettings {
  readonly path: string
  readonly reserveBytes: number
  readonly limits: StorageLimits
  /** Tests: a module that makes commits fail (worker/faults.ts), and what it is told. */
  readonly faults?: { readonly module: string; readonly control: SharedArrayBuffer; readonly image: string }
}
