import type { CloudEvent } from './cloud-event.ts'

/** Why a delivery failed for good. Times are milliseconds since the epoch. */
export interface Failure {
  /** The route that failed, by its identity. */
  readonly route: string
  /** The delivery that failed, by its id in the store. */
  readonly delivery?: string
  /** A short sentence, such as `503 from http://sink/` or `dispatch error: connect ECONNREFUSED`. */
  readonly reason: string
  /** The last HTTP status; none where there was no response. */
  readonly code?: number
  /** Where it was sent, without credentials. */
  readonly destination: string
  /** The first bytes of the last response, base64. */
  readonly body?: string
  readonly attempts: number
  readonly firstAttempt: number
  readonly lastAttempt: number
  /** What failed is a reply that could not be forwarded; the delivery that it came from is done. */
  readonly ofReply?: true
}

/** Another event that a delivery has to remember. */
export interface Attached {
  /**
   * `original`: on a reply on its way to a URL, the event that it answers, which becomes the dead letter
   * should the reply fail for good. `reply`: on that dead letter, the reply.
   */
  readonly as: 'original' | 'reply'
  readonly event: CloudEvent
  readonly headers: Readonly<Record<string, string>>
  readonly acceptedAt: number
}

/** What is stored for an event that was accepted, and what every delivery of it starts from. */
export interface EventRecord {
  readonly event: CloudEvent
  /** The producer's headers that are passed on, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** When it was accepted, milliseconds since the epoch (Knative's `knativearrivaltime`). */
  readonly acceptedAt: number
  /** On the delivery of a dead letter to its sink: the failure that made it one. */
  readonly failure?: Failure
  readonly attached?: Attached
}
