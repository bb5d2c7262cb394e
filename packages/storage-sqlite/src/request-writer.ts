import type { AppendItem, FailedAttempt, NewDeadLetter, Settlement, SettleOutcome } from '@millrace/storage'
import { deliveryKey } from './lease-id.ts'
import { callCodes } from './wire.ts'
import type { Batch, OtherCall, Word } from './wire.ts'

/**
 * Collects the calls of one turn into one message: flat words and one buffer, because each object and
 * each buffer that is passed between threads costs about a microsecond. request-reader.ts is its mirror.
 */
export class RequestWriter {
  #words: Word[] = []
  #others: unknown[] = []
  #records: Uint8Array[] = []
  #length = 0

  get isEmpty(): boolean {
    return this.#words.length === 0
  }

  append(id: number, items: readonly AppendItem[], now: number): void {
    this.#words.push(id, callCodes.append, now)
    this.#appends(items)
  }

  settle(id: number, items: readonly Settlement[], now: number): void {
    const words = this.#words
    words.push(id, callCodes.settle, now, items.length)
    for (const { lease, outcome, attempt, deadLetters, appends } of items) {
      const [event, route] = deliveryKey(lease.id)
      const extra = this.#extra(outcome, attempt, deadLetters ?? [])
      words.push(event, route, lease.key ?? null, outcome.kind === 'retry' ? outcome.due : null, extra)
      this.#appends(appends ?? [])
    }
  }

  other(id: number, call: OtherCall, now: number): void {
    this.#words.push(id, callCodes.other, now, this.#other(call))
  }

  /** Empties itself into a message, whose buffer is to be transferred. */
  take(): Batch & { readonly bytes: Uint8Array<ArrayBuffer> } {
    const bytes = new Uint8Array(this.#length)
    let at = 0
    for (const record of this.#records) {
      bytes.set(record, at)
      at += record.length
    }
    const batch = { words: this.#words, others: this.#others, bytes }
    this.#words = []
    this.#others = []
    this.#records = []
    this.#length = 0
    return batch
  }

  #appends(items: readonly AppendItem[]): void {
    const words = this.#words
    words.push(items.length)
    for (const { owner, record, dedupe, archive, to } of items) {
      words.push(owner, this.#record(record)[0], record.length)
      words.push(dedupe?.key ?? null, dedupe?.keepMs ?? 0, archive?.keepMs ?? null)
      if (archive !== undefined) words.push(archive.eventId)
      words.push(to.length)
      for (const { route, lease, due, key } of to) words.push(route, lease ? 1 : 0, due ?? null, key ?? null)
    }
  }

  /** → where it is among the others; -1: there is nothing. */
  #extra(
    outcome: SettleOutcome,
    attempt: FailedAttempt | undefined,
    letters: readonly NewDeadLetter[],
  ): number {
    const end = outcome.kind === 'done' ? outcome.end : undefined
    const parked = outcome.kind === 'park' ? outcome.details : undefined
    if (attempt === undefined && letters.length === 0 && end === undefined && parked === undefined) return -1
    const deadLetters = letters.map(({ record, ...rest }) => ({
      ...rest,
      at: record && this.#record(record),
    }))
    return this.#other({ attempt, end, parked, deadLetters })
  }

  #other(value: unknown): number {
    return this.#others.push(value) - 1
  }

  #record(record: Uint8Array): readonly [at: number, length: number] {
    const at = this.#length
    this.#records.push(record)
    this.#length += record.length
    return [at, record.length]
  }
}
