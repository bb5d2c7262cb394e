import { checkEvent, type CloudEvent } from '@millrace/core'
import { fromSdk } from '../event-of.ts'
import type { Advance, Emission } from '../emission.ts'
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

  /** Moves a checkpoint with so many events. → whether it was where it is moved from. */
  advance({ key, from, to }: Advance, count: number): boolean {
    const value = this.checkpoints.get(key)
    if ((value && new TextDecoder().decode(value)) !== from) return false
    this.checkpoints.set(key, new TextEncoder().encode(to(count)))
    return true
  }

  /** → whether it was new. */
  take({ event, dedupe }: Emission): boolean {
    if (dedupe !== undefined && this.#known.has(dedupe)) return false
    if (dedupe !== undefined) this.#known.add(dedupe)
    this.events.push(fromSdk(event))
    return true
  }

  /** @throws {SourceError} it is no event */
  check({ event }: Emission): void {
    const problem = checkEvent(fromSdk(event))
    if (problem !== undefined) throw SourceError.terminal(problem.detail, { problem: 'malformed' })
  }

  ids(): string[] {
    return this.events.map(({ attributes }) => String(attributes['id']))
  }
}
