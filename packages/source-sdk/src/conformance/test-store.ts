import { checkEvent, type CloudEvent } from '@millrace/core'
import { fromSdk } from '../event-of.ts'
import type { Emission } from '../emission.ts'
import { SourceError } from '../source-error.ts'

/** Where the process dies while an event is taken in. */
export type CrashPoint = 'before the store has it' | 'before emit resolves'

/** What a crash leaves: events, by what they were known by, and checkpoints. Everything else is gone with the process. */
export class TestStore {
  readonly events: CloudEvent[] = []
  readonly checkpoints = new Map<string, Uint8Array>()
  /** While it is true nothing is taken. */
  refuses = false
  /** The next emission of any kind ends the process there. */
  crash: CrashPoint | undefined
  readonly #known = new Set<string>()

  /** → whether it was new. */
  take({ event: given, dedupe }: Emission): boolean {
    const event = fromSdk(given)
    const problem = checkEvent(event)
    if (problem !== undefined) throw SourceError.terminal(problem.detail, { problem: 'malformed' })
    if (dedupe !== undefined && this.#known.has(dedupe)) return false
    if (dedupe !== undefined) this.#known.add(dedupe)
    this.events.push(event)
    return true
  }

  ids(): string[] {
    return this.events.map(({ attributes }) => String(attributes['id']))
  }
}
