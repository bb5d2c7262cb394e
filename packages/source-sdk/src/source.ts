import type { DeletionContext, ResetContext, RunContext, SourceContext } from './context.ts'
import type { SourceKind } from './source-kind.ts'
import type { WebhookAnswer, WebhookRequest } from './webhook.ts'

/** The version of this contract. The host refuses a package that was made for another one. */
export const CONTRACT = 1

/**
 * A source: a kind of manifest, and what is done for each manifest of it. A package exports it as `source`.
 *
 * The host makes nothing twice: for one manifest one `run` is under way at a time in a process. A change of
 * the manifest, or of a Secret that it names, ends the run (its signal aborts) and begins a new one.
 */
export interface Source<Spec extends object = object> {
  readonly kind: SourceKind<Spec>
  /** On a store that several processes share, only one of them runs it at a time; another takes over when it dies. */
  readonly singleton?: boolean
  /**
   * Sources that pull: reads upstream and emits, until the signal aborts. Acknowledge upstream only after
   * `emit` has resolved: then a crash anywhere repeats, and loses nothing.
   * Sources that are called: registers what upstream has to know of them, and may return.
   *
   * - it returns: all is done; it is run again when the manifest or a Secret changes
   * - it throws `SourceError.retryable`, or anything else: it is run again after `afterMs`, else with growing
   *   pauses (1 s to 60 s); the condition that the error names, else the first of the kind, is False meanwhile
   * - it throws `SourceError.terminal`: the same condition, but it is not run again before something changes
   * - the signal aborts: it has 5 s to come to an end; what it had emitted is stored, the rest it reads again
   */
  run?(context: RunContext<Spec>): Promise<void>
  /**
   * Sources that are called: one request to `/sources/<namespace>/<name>`. The answer says what becomes of it
   * (webhook.ts). The host answers by itself, before: 404 and 405, 413 over `webhook.bodyLimitBytes`, 415 for a
   * content coding; and for what is thrown: 503 with Retry-After while `emit` is refused or a Secret is missing,
   * and 500 for anything else.
   */
  handle?(request: WebhookRequest, context: SourceContext<Spec>): Promise<WebhookAnswer>
  readonly webhook?: {
    /** The largest body that is taken; the ingress's own limit where left out. */
    readonly bodyLimitBytes?: number
    /** The methods that are taken; POST where left out. */
    readonly methods?: readonly string[]
  }
  /**
   * Removes what was made upstream, once the manifest is gone: while the server runs, or found so at its next
   * start; a stop of the server is no deletion. Not called where `millrace.dev/keep: "true"` stands. Checkpoints
   * are still there and are dropped afterwards. What it throws is tried again for a minute, then logged.
   */
  onDelete?(context: DeletionContext<Spec>): Promise<void>
  /**
   * Moves where it will read on, as its annotation `millrace.dev/offset` says: `earliest`, `latest` or a time.
   * Without `apply` nothing is moved. What it throws is answered: that it is not stopped, for one.
   * → the plan, one step for each thing that has a position
   */
  reset?(context: ResetContext<Spec>, to: string, apply: boolean): Promise<readonly ResetStep[]>
}

export interface ResetStep {
  /** Such as `clicks/0`. */
  readonly what: string
  /** The next to be read now; undefined: none is kept. */
  readonly from: number | undefined
  readonly to: number
}

/** A source as its package exports it. */
export interface DefinedSource<Spec extends object = object> extends Source<Spec> {
  readonly contract: typeof CONTRACT
}

/** Marks a source with the version of the contract that it was made for. */
export function defineSource<Spec extends object>(source: Source<Spec>): DefinedSource<Spec> {
  return { ...source, contract: CONTRACT }
}
