import type { DeliveryKey } from './event-id.ts'
import type { NewEvent } from './leases.ts'
import type { Advance, Lease } from '@millrace/storage'

/** An append that was answered "refused" though nobody knows whether it was stored. */
export interface RefusedAppend {
  readonly events: readonly { readonly id: string; readonly dedupe: string | undefined }[]
  readonly advance?: Advance | undefined
}

/** The end of a lease that the store has not confirmed. */
export interface PendingSettle extends DeliveryKey {
  readonly lease: Lease
  readonly held: NewEvent
  /** It was sent: it may be done. */
  readonly sent: boolean
  /** Ids under which its appends were stored, if it is done. */
  readonly appended: readonly string[]
  /** The store holds the lease still: it is asked for (again). */
  readonly again: () => void
  /** It was done. `stored`: ids of events that are in the process's log. */
  readonly done: (stored: ReadonlySet<string>) => void
  /** The lease was lost. */
  readonly stale: () => void
  readonly reject: (error: Error) => void
}

/** What is to be cleared up once the store is back, in order. */
export interface Unsure {
  refused: RefusedAppend[]
  settles: PendingSettle[]
}
