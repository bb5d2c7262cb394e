import type { Storage, StorageLimits } from '../storage.ts'

/** Where a process dies: the caller of the commit never gets its answer. */
export type CrashPoint = 'before-commit' | 'after-commit'

/** A clock that only moves when it is told to. */
export interface TestClock {
  now: number
}

/** A store under test, and what can befall it. */
export interface Subject {
  /** The store as it is open now; another one after `reopen`, `crash` and `revive`. */
  readonly storage: Storage
  readonly clock: TestClock
  /** Closes it properly and opens it again. */
  reopen(): Promise<void>
  /** The process dies, without closing, between two commits; then it is opened again. */
  crash(): Promise<void>
  /** The process will die at this point of the next commit. */
  crashAt(point: CrashPoint): void
  /** Opens it again after `crashAt`, once it has died. */
  revive(): Promise<void>
  /** The next commit fails for its caller; `landed`: it is on disk all the same. */
  failCommit?(landed: boolean): void
  /** Makes the record of a delivery's event unreadable, as if by hand. */
  damage(deliveryId: string): Promise<void>
  /** Opens the same store once more while it is held. */
  second(): Promise<Storage>
  dispose(): Promise<void>
}

/** What an adapter brings along to be put to the test. */
export interface StorageHarness {
  /** A new, empty store; `limits` hold over its lives. */
  create(limits?: StorageLimits): Promise<Subject>
  /** Cases that make no sense for it, each with the reason; they are listed, not left out in silence. */
  readonly unsupported?: readonly { readonly case: 'failCommit'; readonly because: string }[]
  /** Random histories that are tried. */
  readonly histories: number
}
