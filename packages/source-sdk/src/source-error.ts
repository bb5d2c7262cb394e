import type { SourceProblem } from './context.ts'

export interface SourceErrorOptions {
  /** What it came from; goes to the log, never to the status. */
  readonly cause?: unknown
  /** Which condition it makes False; the first of the kind where left out. */
  readonly condition?: string
  /** The condition's reason, such as `AuthenticationFailed`; `RunFailed` where left out. */
  readonly reason?: string
  /** By what it is counted; `upstream` where left out. */
  readonly problem?: SourceProblem
}

/** Whether something that was thrown is a `SourceError`, of whichever copy of this package. */
export function isSourceError(error: unknown): error is SourceError {
  if (!(error instanceof Error) || error.name !== 'SourceError') return false
  const { kind } = error as Partial<SourceError>
  return kind === 'retryable' || kind === 'terminal'
}

/** Why a source cannot go on. The message is a sentence that says what to do; it becomes a condition's. */
export class SourceError extends Error {
  readonly kind: 'retryable' | 'terminal'
  /** The least to wait, milliseconds; the host's growing pauses where undefined. */
  readonly afterMs: number | undefined
  readonly condition: string | undefined
  readonly reason: string
  readonly problem: SourceProblem

  private constructor(
    kind: 'retryable' | 'terminal',
    message: string,
    options: SourceErrorOptions & { readonly afterMs?: number },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'SourceError'
    this.kind = kind
    this.afterMs = options.afterMs
    this.condition = options.condition
    this.reason = options.reason ?? 'RunFailed'
    this.problem = options.problem ?? 'upstream'
  }

  /** It may pass: upstream is away, asks to slow down, or the store refuses. */
  static retryable(
    message: string,
    options: SourceErrorOptions & { readonly afterMs?: number } = {},
  ): SourceError {
    return new SourceError('retryable', message, options)
  }

  /** It will not pass before the manifest or a Secret changes: credentials, a name that does not exist. */
  static terminal(message: string, options: SourceErrorOptions = {}): SourceError {
    return new SourceError('terminal', message, options)
  }
}
