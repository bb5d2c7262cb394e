import type {
  AppendItem,
  DeadLetterDetails,
  DeliveryEnd,
  FailedAttempt,
  NewDeadLetter,
  Target,
} from '@millrace/storage'
import { callCodes } from '../wire.ts'
import type { Batch, OtherCall, SettleItem, Word } from '../wire.ts'

/** One call, as the worker does it. */
export type Call =
  | {
      readonly id: number
      readonly kind: 'append'
      readonly now: number
      readonly items: readonly AppendItem[]
    }
  | {
      readonly id: number
      readonly kind: 'settle'
      readonly now: number
      readonly items: readonly SettleItem[]
    }
  | { readonly id: number; readonly kind: 'other'; readonly now: number; readonly call: OtherCall }

/** Reads what request-writer.ts wrote; the records are views of the batch's one buffer. */
export function readBatch(batch: Batch): Call[] {
  return new RequestReader(batch).calls()
}

interface Extra {
  readonly attempt?: FailedAttempt
  readonly end?: DeliveryEnd
  readonly parked?: DeadLetterDetails
  readonly deadLetters?: readonly (Omit<NewDeadLetter, 'record'> & {
    readonly at?: readonly [number, number]
  })[]
}

class RequestReader {
  readonly #batch: Batch
  #at = 0

  constructor(batch: Batch) {
    this.#batch = batch
  }

  calls(): Call[] {
    const { words } = this.#batch
    const calls: Call[] = []
    while (this.#at < words.length) {
      const id = this.#number()
      const code = this.#number()
      const now = this.#number()
      if (code === callCodes.append) calls.push({ id, kind: 'append', now, items: this.#appends() })
      else if (code === callCodes.settle) calls.push({ id, kind: 'settle', now, items: this.#settles() })
      else calls.push({ id, kind: 'other', now, call: this.#batch.others[this.#number()] as OtherCall })
    }
    return calls
  }

  #appends(): AppendItem[] {
    return this.#times(this.#number(), () => {
      const owner = this.#word() as string
      const record = this.#bytes(this.#number(), this.#number())
      const key = this.#text()
      const keepMs = this.#number()
      const archiveMs = this.#word() as number | null
      const eventId = archiveMs === null ? '' : (this.#word() as string)
      const to = this.#times(this.#number(), () => this.#target())
      return {
        owner,
        record,
        to,
        ...(key === undefined ? undefined : { dedupe: { key, keepMs } }),
        ...(archiveMs === null ? undefined : { archive: { keepMs: archiveMs, eventId } }),
      }
    })
  }

  #target(): Target {
    const route = this.#number()
    const lease = this.#number() === 1
    const due = this.#word() as number | null
    const key = this.#text()
    if (due === null && key === undefined) return { route, lease }
    return {
      route,
      lease,
      ...(due === null ? undefined : { due }),
      ...(key === undefined ? undefined : { key }),
    }
  }

  #settles(): SettleItem[] {
    return this.#times(this.#number(), () => {
      const event = this.#number()
      const route = this.#number()
      const key = this.#text()
      const retryDue = (this.#word() as number | null) ?? undefined
      const extra = this.#batch.others[this.#number()] as Extra | undefined
      const deadLetters = (extra?.deadLetters ?? []).map(({ at, ...rest }) =>
        at === undefined ? rest : { ...rest, record: this.#bytes(...at) },
      )
      const { attempt, end, parked } = extra ?? {}
      return { event, route, key, retryDue, attempt, end, parked, deadLetters, appends: this.#appends() }
    })
  }

  #times<T>(count: number, read: () => T): T[] {
    const items: T[] = []
    for (let n = 0; n < count; n += 1) items.push(read())
    return items
  }

  #bytes(at: number, length: number): Uint8Array {
    return this.#batch.bytes.subarray(at, at + length)
  }

  #word(): Word | undefined {
    return this.#batch.words[this.#at++]
  }

  #number(): number {
    return this.#word() as number
  }

  #text(): string | undefined {
    return (this.#word() as string | null) ?? undefined
  }
}
