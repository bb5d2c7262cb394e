import type { Emit } from './emission.ts'
import type { HttpCall } from './http-call.ts'
import type { Named, SecretKeySelector } from './source-kind.ts'

/** What a source has at hand, for one manifest. */
export interface SourceContext<Spec extends object> extends Named {
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** With its defaults filled in. */
  readonly spec: Spec
  /** Hands events to the sink: resolves when the store has them (emission.ts). */
  readonly emit: Emit
  /** What it has to remember over restarts, shared by all processes of the store. */
  readonly checkpoint: Checkpoint
  /**
   * The value of a Secret, line by line: several are valid at once while one is replaced by another, and the
   * first is the one to register upstream. Never empty. All are blacked out in conditions and logs.
   * @throws {SourceError} while it is missing: the run is tried again when it is there, a request answered 503
   */
  readonly secret: (selector: SecretKeySelector) => readonly [string, ...string[]]
  readonly status: SourceStatus
  readonly log: SourceLog
  readonly clock: Clock
  /** HTTP to upstream, by the host's rules for what goes out. */
  readonly http: HttpCall
  /** Where upstream reaches `handle`; undefined where the server was given no `--public-url`. */
  readonly webhookUrl: string | undefined
}

/** What `run` has too. */
export interface RunContext<Spec extends object> extends SourceContext<Spec> {
  /** The server stops, the manifest changed or went: come to an end. */
  readonly signal: AbortSignal
}

/** What is left once the manifest is gone. */
export type DeletionContext<Spec extends object> = Omit<RunContext<Spec>, 'emit' | 'status'>

/** What a stopped source has at hand while its position is moved. */
export type ResetContext<Spec extends object> = DeletionContext<Spec>

/** One small value (up to 64 KiB) for each key; most sources need the one key that is there by default. */
export interface Checkpoint {
  get(key?: string): Promise<Uint8Array | undefined>
  /** Durable when it resolves. Write what has been emitted, never what is about to be. */
  put(value: Uint8Array, key?: string): Promise<void>
  delete(key?: string): Promise<void>
}

/** What `millrace get` shows of the source, and its metrics. */
export interface SourceStatus {
  /**
   * One of the kind's conditions. Of those that a run does not speak of, the host says True with its first
   * emission, or when it returns; all are True of a source that has no `run`. A transition is logged once; what stays as it was costs nothing. `reason` is
   * a word such as `AuthenticationFailed`, `message` a sentence that says what to do.
   */
  condition(type: string, status: 'True' | 'False' | 'Unknown', reason?: string, message?: string): void
  /** Further fields of the status, such as `{ nextScheduleTime }`; undefined takes one away. */
  set(fields: Readonly<Record<string, unknown>>): void
  /** How far behind upstream it is, in messages (`millrace_source_lag`). */
  lag(messages: number): void
  /**
   * Something from upstream that cannot become an event and is passed over: counted
   * (`millrace_source_errors_total`), and logged when it begins, then once a minute with the count.
   */
  problem(reason: SourceProblem, detail: string): void
}

/** The reasons of `millrace_source_errors_total`. */
export type SourceProblem = 'signature' | 'malformed' | 'too_large' | 'store' | 'upstream'

/** Messages are fixed texts; what varies stands in the fields. Values of Secrets are blacked out. */
export interface SourceLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Time, so that tests can have their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves at a time, early when the signal aborts; never rejects. */
  until(time: number, signal: AbortSignal): Promise<void>
}
