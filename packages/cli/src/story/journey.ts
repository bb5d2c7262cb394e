import type { Unmatched } from './step.ts'

/** One attempt of a delivery. */
export interface JourneyAttempt {
  /** From 1. */
  readonly n: number
  /** RFC 3339. */
  readonly at: string
  readonly code?: number
  readonly error?: string
  /** The first bytes of the answer. */
  readonly body?: string
  readonly ms?: number
}

export interface JourneyDelivery {
  readonly trigger: string
  /** Of the route, such as `Trigger` or `Subscription`. */
  readonly kind: string
  readonly namespace: string
  /** Where it is not the subscriber's: a reply on its way to a URL, a dead letter to its sink. */
  readonly to?: string
  /** Such as `retrying`, `delivered` or `dead`. */
  readonly state: string
  /** When it is tried next, RFC 3339. */
  readonly due?: string
  readonly attempts: readonly JourneyAttempt[]
  readonly reason?: string
  /** From accepted to its end. */
  readonly ms?: number
  /** The id of its dead letter, while that rests in the store. */
  readonly deadLetter?: string
}

/** What became of an event that was accepted, as the admin port tells it. */
export interface Journey {
  readonly addressable: string
  /** RFC 3339. */
  readonly acceptedAt: string
  /** In structured form. */
  readonly event: Readonly<Record<string, unknown>>
  readonly deliveries: readonly JourneyDelivery[]
  readonly unmatched: readonly Unmatched[]
  /** Triggers that match it, and of which nothing is known. */
  readonly unknown?: readonly string[]
}
