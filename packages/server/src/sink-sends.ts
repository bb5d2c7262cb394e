import type { AddressablePath, CloudEvent } from '@millrace/core'

/** One event on its way to a sink that is no HTTP. */
export interface SinkSend {
  /** The path of the resource that declares the sink. */
  readonly sink: AddressablePath
  /** As it is stored. */
  readonly event: CloudEvent
  /** Trace context, where traces are made: flat, names in lower case. */
  readonly headers: readonly string[]
  readonly timeoutMs: number
}

/** What came of it. */
export type SinkResult =
  | { readonly kind: 'sent' }
  /** The process stops. */
  | { readonly kind: 'aborted' }
  | { readonly kind: 'failed'; readonly failure: SinkFailureCode; readonly error: string }

/**
 * `unready`: something has to be set right first, so the attempt does not count; `refused`: the event is never
 * taken.
 */
export type SinkFailureCode = 'timeout' | 'connection' | 'unready' | 'refused'

/** The sinks, as deliveries see them. */
export interface SinkSends {
  /** Answers exactly once, later, and never throws. */
  send(send: SinkSend, done: (result: SinkResult) => void): void
  /** All that is under way is answered `aborted` now. */
  abort(): void
}
