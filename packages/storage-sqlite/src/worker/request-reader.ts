import type {
  Advance,
  AppendItem,
  DeadLetterDetails,
  DeliveryEnd,
  FailedAttempt,
  NewDeadLetter,
  Target,
} from '@millrace/storage'
import { MessageReader } from '../message-buffer.ts'
import { callCodes } from '../wire.ts'
import type { Batch, OtherCall, SettleItem } from '../wire.ts'

/** One call, as the worker does it. */
export type Call =
  | {
      readonly id: number
      readonly kind: 'append'
      readonly now: number
      readonly items: readonly AppendItem[]
      readonly advance: Advance | undefined
    }
  | {
      readonly id: number
      readonly kind: 'settle'
      readonly now: number
      readonly items: readonly SettleItem[]
    }
  | { readonly id: number; readonly kind: 'other'; readonly now: number; readonly call: OtherCall }

interface Extra {
  readonly attempt?: FailedAttempt
  readonly end?: DeliveryEnd
  readonly parked?: DeadLetterDetails
  readonly deadLetters: readonly (Omit<NewDeadLetter, 'record'> & { readonly hasRecord: boolean })[]
}

const nothing: readonly never[] = []

/** Reads what request-writer.ts wrote; the records are views of the batch's memory. */
export class RequestReader {
  readonly #owners: string[] = []
  #message!: MessageReader
  #others: readonly unknown[] = nothing

  read({ calls: count, memory, owners = nothing, others = nothing }: Batch): Call[] {
    this.#owners.push(...owners)
    this.#message = new MessageReader(memory)
    this.#others = others
    const calls: Call[] = []
    for (let n = 0; n < count; n += 1) calls.push(this.#call())
    return calls
  }

  #call(): Call {
    const message = this.#message
    const id = message.number()
    const code = message.number()
    const now = message.number()
    if (code === callCodes.append) {
      const advance = this.#advance()
      return { id, kind: 'append', now, advance, items: this.#appends() }
    }
    if (code === callCodes.settle) return { id, kind: 'settle', now, items: this.#settles() }
    return { id, kind: 'other', now, call: this.#others[message.number()] as OtherCall }
  }

  #advance(): Advance | undefined {
    const key = this.#message.text()
    return key === undefined ? undefined : { key, from: this.#message.text(), to: this.#message.text() ?? '' }
  }

  #appends(): readonly AppendItem[] {
    const count = this.#message.number()
    if (count === 0) return nothing
    const items: AppendItem[] = []
    for (let n = 0; n < count; n += 1) items.push(this.#append())
    return items
  }

  #append(): AppendItem {
    const message = this.#message
    const owner = this.#owners[message.number()]!
    const record = message.bytes()
    const key = message.text()
    const dedupe = key === undefined ? undefined : { dedupe: { key, keepMs: message.number() } }
    const eventId = message.text()
    const archive = eventId === undefined ? undefined : { archive: { eventId, keepMs: message.number() } }
    const to: Target[] = []
    for (let left = message.number(); left > 0; left -= 1) to.push(this.#target())
    if (dedupe === undefined && archive === undefined) return { owner, record, to }
    return { owner, record, to, ...dedupe, ...archive }
  }

  #target(): Target {
    const message = this.#message
    const routeAndLease = message.number()
    const lease = routeAndLease % 2 === 1
    const route = Math.floor(routeAndLease / 2)
    const due = message.numberIfAny()
    const key = message.text()
    if (due === undefined && key === undefined) return { route, lease }
    return {
      route,
      lease,
      ...(due === undefined ? undefined : { due }),
      ...(key === undefined ? undefined : { key }),
    }
  }

  #settles(): SettleItem[] {
    const items: SettleItem[] = []
    for (let left = this.#message.number(); left > 0; left -= 1) items.push(this.#settle())
    return items
  }

  #settle(): SettleItem {
    const message = this.#message
    const event = message.number()
    const route = message.number()
    const key = message.text()
    const retryDue = message.numberIfAny()
    const extra = this.#others[message.number()] as Extra | undefined
    const { attempt, end, parked, deadLetters: letters = nothing } = extra ?? {}
    const deadLetters = letters.length === 0 ? nothing : letters.map((letter) => this.#letter(letter))
    return { event, route, key, retryDue, attempt, end, parked, deadLetters, appends: this.#appends() }
  }

  #letter({ hasRecord, ...letter }: Extra['deadLetters'][number]): NewDeadLetter {
    return hasRecord ? { ...letter, record: this.#message.bytes() } : letter
  }
}
