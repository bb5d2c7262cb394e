import type { SourceProblem } from '@millrace/source-sdk'
import type { SourceCounters, SourceName } from './source-counters.ts'

const periodMs = 60_000

export interface ProblemLog {
  warn(fields: object, message: string): void
}

/** A source and a reason, from its first problem until there has been none for a period. */
interface Episode {
  /** Of the latest. */
  fields: object
  /** Problems that have not been told. */
  counted: number
  /** It began in this period. */
  isNew: boolean
}

/** Counts what sources cannot take, and says it: for each source and reason when it begins, then once a minute. */
export class ProblemReports {
  readonly #counters: SourceCounters
  readonly #log: ProblemLog
  readonly #episodes = new Map<string, Episode>()
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
    const episode = this.#episodes.get(key)
    if (episode === undefined) {
      this.#episodes.set(key, { fields, counted: 0, isNew: true })
      return this.#log.warn(fields, 'a source refused what came')
    }
    episode.fields = fields
    episode.counted += 1
  }

  endPeriod(): void {
    for (const [key, episode] of this.#episodes) {
      const { fields, counted: times, isNew } = episode
      if (times > 0) this.#log.warn({ ...fields, times }, 'a source refused what came')
      else if (!isNew) this.#episodes.delete(key)
      episode.counted = 0
      episode.isNew = false
    }
  }
}
