import type { SourceProblem } from '@millrace/source-sdk'

/** Which source. */
export interface SourceName {
  readonly namespace: string
  readonly kind: string
  readonly name: string
}

/** What is counted of one source since the process started. */
export interface SourceCounts extends SourceName {
  /** Requests, or events that were read. */
  received: number
  /** Events that the store took; not those that it had already. */
  emitted: number
  readonly errors: Map<SourceProblem, number>
  /** None where upstream has no such thing. */
  lag: number | undefined
}

/** The counts of all sources that there are or were. */
export class SourceCounters {
  readonly #counts = new Map<string, SourceCounts>()

  of({ namespace, kind, name }: SourceName): SourceCounts {
    const key = `${kind} ${namespace}/${name}`
    let counts = this.#counts.get(key)
    if (counts === undefined) {
      counts = { namespace, kind, name, received: 0, emitted: 0, errors: new Map(), lag: undefined }
      this.#counts.set(key, counts)
    }
    return counts
  }

  all(): Iterable<SourceCounts> {
    return this.#counts.values()
  }
}
