import type { AppendItem, AppendResult, Lease, RouteNumber } from './appends.ts'

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
  /** The delivery that it was, for `attempts`. */
  readonly delivery?: string
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

/** How a delivery ended, kept with an event in the archive. */
export interface DeliveryEnd {
  readonly result: 'delivered' | 'dead'
  /** The one that ended it counts. */
  readonly attempts: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** From accepted to ended. */
  readonly ms: number
  /** How long the attempt took that ended it; none where nothing was sent. */
  readonly attemptMs?: number
  readonly reason?: string
  readonly code?: number
}

/**
 * What becomes of a delivery. `done`: it is gone; its end is kept where its event is in the archive, and is
 * best left out where it is not. `retry`: due again. `park`: it has failed for good and keeps its place at
 * the head of its key, which stands until it is released or skipped (only for a lease with a key).
 */
export type SettleOutcome =
  | { readonly kind: 'done'; readonly end?: DeliveryEnd }
  | { readonly kind: 'retry'; readonly due: number }
  | { readonly kind: 'park'; readonly details: DeadLetterDetails }

/** The end of a lease, one atomic step, with what follows from it. */
export interface Settlement {
  readonly lease: Lease
  readonly outcome: SettleOutcome
  readonly appends?: readonly AppendItem[]
  readonly deadLetters?: readonly NewDeadLetter[]
  /** The failed attempt; counts one attempt. */
  readonly attempt?: FailedAttempt
  /** Nobody waits for it: a store may do it with whatever is asked next, a few milliseconds later. */
  readonly mayWait?: boolean
}

export type SettleResult =
  | { readonly kind: 'settled'; readonly appends: readonly AppendResult[] }
  /** Somebody else holds it, or it is gone: nothing was changed. */
  | { readonly kind: 'stale' }
