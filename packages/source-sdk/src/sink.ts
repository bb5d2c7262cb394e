import type { CloudEvent } from '@millrace/core'
import type { Clock, SourceLog } from './context.ts'
import type { SinkKind } from './sink-kind.ts'
import type { Named } from './source-kind.ts'
import { CONTRACT } from './source.ts'

/**
 * A sink: a kind of manifest, and the way out for each manifest of it. A package exports it as `sink`.
 *
 * When, how often and in which order events are sent is the host's: a route's retries, backoff, order, rate
 * and dead letters hold for a sink as for a URL.
 */
export interface Sink<Spec extends object = object> {
  readonly kind: SinkKind<Spec>
  /**
   * The way out of one manifest. Costs little: what connects, connects in `check` or `send`. A change of the
   * manifest, or of a Secret that it asked for, closes it and opens another.
   * @throws {SourceError} of `context.secret`, or of its own, where a Secret does not hold what is needed
   */
  open(context: SinkContext<Spec>): OpenSink
}

export interface OpenSink {
  /**
   * Whether events would be taken: called at the start, and again and again while something fails; → why not.
   * What it throws is as good as `unavailable`.
   */
  check(signal: AbortSignal): Promise<SinkFailure | undefined>
  /**
   * Sends events, in order; called again only when the last call has ended. → one outcome for each, in their
   * order: undefined once upstream has acknowledged it, else why it did not. An event may arrive twice, and is
   * never said to be sent before upstream has it for good. What it throws is as good as `unavailable` for all.
   */
  send(events: readonly SinkEvent[]): Promise<readonly (SinkFailure | undefined)[]>
  /** Ends what is open, within 5 s. */
  close(): Promise<void>
}

export interface SinkEvent {
  /** Without `knativebrokerttl`. */
  readonly event: CloudEvent
  /** The trace that it belongs to (W3C Trace Context), where traces are made. */
  readonly trace: Readonly<Record<string, string>>
}

/** Why an event was not sent, or none would be. */
export interface SinkFailure {
  /**
   * - `unavailable`: it may pass. The attempt counts, and is made again by the route's policy.
   * - `unready`: something has to be set right first: a topic, a password. Deliveries wait, and no retry is spent.
   * - `refused`: this event is never taken, such as one that is too large. It is a dead letter at once.
   */
  readonly kind: 'unavailable' | 'unready' | 'refused'
  /** A sentence that says what is wrong and, where somebody has to do something, what. */
  readonly message: string
  /** Upstream did not answer in time; of `unavailable`. */
  readonly timeout?: true
  /** Which of the kind's conditions is False with it; the first where left out. None is, where an event is refused. */
  readonly condition?: string
  /** The condition's reason, such as `AuthenticationFailed`. */
  readonly reason?: string
}

/** What a sink has at hand, for one manifest. */
export interface SinkContext<Spec extends object> extends Named {
  readonly annotations: Readonly<Record<string, string>>
  /** With its defaults filled in. */
  readonly spec: Spec
  /**
   * All of a Secret of the namespace, as it is. The values of the keys in `hidden` are blacked out in conditions
   * and logs.
   * @throws {SourceError} while it is missing: it is opened again when it is there
   */
  readonly secret: (name: string, hidden: readonly string[]) => Readonly<Record<string, string>>
  /** Further fields of the status; undefined takes one away. */
  readonly status: { set(fields: Readonly<Record<string, unknown>>): void }
  readonly log: SourceLog
  readonly clock: Clock
}

/** A sink as its package exports it. */
export interface DefinedSink<Spec extends object = object> extends Sink<Spec> {
  readonly contract: typeof CONTRACT
}

/** Marks a sink with the version of the contract that it was made for. */
export function defineSink<Spec extends object>(sink: Sink<Spec>): DefinedSink<Spec> {
  return { ...sink, contract: CONTRACT }
}
