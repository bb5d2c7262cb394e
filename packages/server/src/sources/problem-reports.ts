import type { SourceProblem } from '@millrace/source-sdk'
import { FloodGate } from '../observability/flood-gate.ts'
import type { SourceCounters, SourceName } from './source-counters.ts'

const periodMs = 60_000

export interface ProblemLog {
  warn(fields: object, message: string): void
}

/** Counts what sources cannot take, and says it: for each source and reason when it begins, then once a minute. */
export class ProblemReports {
  readonly #counters: SourceCounters
  readonly #log: ProblemLog
  readonly #gate = new FloodGate<string>()
  readonly #last = new Map<string, object>()
  #timer: NodeJS.Timeout | undefined

  constructor(counters: SourceCounters, log: ProblemLog) {
    this.#counters = counters
    this.#log = log
  }

  start(): void {
    this.#timer = setInterval(() => this.endPeriod(), periodMs).unref()
  }

  /** Says what was only counted, and no more. */
  stop(): void {
    clearInterval(this.#timer)
    this.endPeriod()
  }

  report(source: SourceName, reason: SourceProblem, detail: string): void {
    const { errors } = this.#counters.of(source)
    errors.set(reason, (errors.get(reason) ?? 0) + 1)
    const { kind, namespace, name } = source
    const key = `${kind} ${namespace}/${name} ${reason}`
    const fields = { kind, namespace, name, reason, detail }
    this.#last.set(key, fields)
    if (this.#gate.happened(key)) this.#log.warn(fields, 'a source refused what came')
  }

  endPeriod(): void {
    for (const { key, failures } of this.#gate.endPeriod())
      this.#log.warn({ ...this.#last.get(key), times: failures }, 'a source refused what came')
  }
}
