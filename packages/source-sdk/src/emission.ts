import type { CloudEvent } from '@millrace/core'

/** One event on its way in. */
export interface Emission {
  /** Ours (data as bytes, never parsed), or one of the `cloudevents` SDK. */
  readonly event: CloudEvent | SdkCloudEvent
  /**
   * What upstream knows it by, such as a delivery id or `topic/partition/offset`: within `dedupeMs` (7 days
   * where left out) the same key of the same source is stored once, over restarts and by whichever process.
   */
  readonly dedupe?: string
  readonly dedupeMs?: number
  /**
   * Of a source whose kind is ordered (`isOrdered`): of one such key one delivery of the source's own route is
   * out at a time, in the order in which they are stored: that of a list, and of lists one after the other.
   */
  readonly order?: string
}

/**
 * A checkpoint that moves with events, in the same step of the store, and only where nobody else has moved it: for
 * sources that read on from a position. What the position stands for is stored once, without a key for each event,
 * over restarts and by whichever process.
 */
export interface Advance {
  /** As in `Checkpoint`. */
  readonly key: string
  /** What it holds, as text; undefined: nothing. */
  readonly from: string | undefined
  /** What it is to hold once the first `count` of the emissions are stored. */
  readonly to: (count: number) => string
}

/**
 * Hands over one event, or several at once; resolves when the store has all of them (or had them already).
 *
 * - in `run` it waits while the store refuses, so that nothing piles up: read no further meanwhile. It rejects
 *   only when the signal aborts.
 * - in `handle` it rejects at once while the store refuses, and the host answers 503 with Retry-After.
 * - an event that is none by the specification, or that the sink cannot take, rejects with a terminal
 *   `SourceError` whose `problem` is `malformed`; of several the others may be stored.
 * - of several, those before a crash may be stored, and those behind it not: emit all of them again.
 *
 * With no emissions `advance` moves alone, once, without waiting: whether it did, the checkpoint says.
 *
 * `ceOverrides` of the manifest are set on each.
 */
export type Emit = (emissions: Emission | readonly Emission[], advance?: Advance) => Promise<EmitResult>

export interface EmitResult {
  readonly stored: number
  /** Known by their `dedupe` already. */
  readonly duplicates: number
  /**
   * The checkpoint was not where `advance` takes it to be: nothing is stored behind the first `stored` and
   * `duplicates`, and how far all of it is, the checkpoint says. Also after an answer of the store was lost.
   */
  readonly moved?: true
}

/** An event of the `cloudevents` SDK, as far as it matters here. */
export interface SdkCloudEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly specversion: string
  readonly data?: unknown
  readonly data_base64?: string
  readonly [attribute: string]: unknown
}
