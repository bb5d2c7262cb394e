import type {
  Advance,
  AppendItem,
  FailedAttempt,
  NewDeadLetter,
  Settlement,
  SettleOutcome,
} from '@millrace/storage'
import { deliveryKey } from './lease-id.ts'
import { MessageWriter, none } from './message-buffer.ts'
import { callCodes } from './wire.ts'
import type { Batch, OtherCall } from './wire.ts'

/** Collects calls into one message; request-reader.ts is its mirror. */
export class RequestWriter {
  readonly #message = new MessageWriter()
  readonly #owners = new Map<string, number>()
  #newOwners: string[] = []
  #others: unknown[] = []
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  append(id: number, items: readonly AppendItem[], now: number, advance: Advance | undefined): void {
    const message = this.#message
    this.#begin(id, callCodes.append, now)
    message.text(advance?.key)
    if (advance !== undefined) {
      message.text(advance.from)
      message.text(advance.to)
    }
    this.#appends(items)
  }

  settle(id: number, items: readonly Settlement[], now: number): void {
    const message = this.#message
    this.#begin(id, callCodes.settle, now)
    message.number(items.length)
    for (const { lease, outcome, attempt, deadLetters = [], appends = [] } of items) {
      const [event, route] = deliveryKey(lease.id)
      message.number(event)
      message.number(route)
      message.text(lease.key)
      message.number(outcome.kind === 'retry' ? outcome.due : none)
      message.number(this.#extra(outcome, attempt, deadLetters))
      for (const { record } of deadLetters) if (record !== undefined) message.bytes(record)
      this.#appends(appends)
    }
  }

  other(id: number, call: OtherCall, now: number): void {
    this.#begin(id, callCodes.other, now)
    this.#message.number(this.#other(call))
  }

  /** Empties itself into a message, whose memory is to be transferred. `spare`: as `MessageWriter.take`. */
  take(spare?: ArrayBuffer[]): Batch {
    const batch = {
      calls: this.#count,
      memory: this.#message.take(spare),
      ...(this.#newOwners.length > 0 && { owners: this.#newOwners }),
      ...(this.#others.length > 0 && { others: this.#others }),
    }
    this.#newOwners = []
    this.#others = []
    this.#count = 0
    return batch
  }

  #begin(id: number, code: number, now: number): void {
    this.#count += 1
    this.#message.number(id)
    this.#message.number(code)
    this.#message.number(now)
  }

  #appends(items: readonly AppendItem[]): void {
    const message = this.#message
    message.number(items.length)
    for (const { owner, record, dedupe, archive, to } of items) {
      message.number(this.#owner(owner))
      message.bytes(record)
      message.text(dedupe?.key)
      if (dedupe !== undefined) message.number(dedupe.keepMs)
      message.text(archive?.eventId)
      if (archive !== undefined) message.number(archive.keepMs)
      message.number(to.length)
      for (const { route, lease, due = none, key } of to) {
        message.number(2 * route + (lease ? 1 : 0))
        message.number(due)
        message.text(key)
      }
    }
  }

  /** An owner is said once, and known by its number from then on. */
  #owner(owner: string): number {
    let number = this.#owners.get(owner)
    if (number === undefined) {
      number = this.#owners.size
      this.#owners.set(owner, number)
      this.#newOwners.push(owner)
    }
    return number
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
    const deadLetters = letters.map(({ record, ...rest }) => ({ ...rest, hasRecord: record !== undefined }))
    return this.#other({ attempt, end, parked, deadLetters })
  }

  #other(value: unknown): number {
    return this.#others.push(value) - 1
  }
}
