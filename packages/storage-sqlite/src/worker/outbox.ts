import type { StorageHealth } from '@millrace/storage'
import type { MessageMemory } from '../message-buffer.ts'
import type { CallFailure, Claimed, Reply } from '../wire.ts'

/** Collects what the worker has to say into one message. */
export class Outbox {
  readonly #post: (reply: Reply, transfer: ArrayBuffer[]) => void
  #words: number[] = []
  #others: Reply['others'][number][] = []
  #transfer: ArrayBuffer[] = []
  #health: StorageHealth | undefined
  #wake: Set<number> | 'all' | undefined
  #asked = false
  #memory: MessageMemory | undefined
  #returned: MessageMemory | undefined

  constructor(post: (reply: Reply, transfer: ArrayBuffer[]) => void) {
    this.#post = post
  }

  /** A batch has come: what is said next lets the other side send one more. */
  asked(memory: MessageMemory): void {
    this.#asked = true
    this.#memory = memory
  }

  /** Nothing looks at the batch's memory any more. */
  giveBack(): void {
    this.#returned = this.#memory
    this.#memory = undefined
  }

  /** Answers an append or a settle. */
  words(id: number, codes: readonly number[]): void {
    this.#words.push(id, codes.length)
    for (const code of codes) this.#words.push(code)
  }

  value(id: number, value: unknown): void {
    this.#others.push({ id, value })
  }

  /** Answers a claim: its records change hands. */
  claimed(id: number, claimed: readonly Claimed[]): void {
    for (const { records } of claimed)
      for (const record of records)
        if (record !== null && record.length > 0) this.#transfer.push(record.buffer)
    this.value(id, claimed)
  }

  failure(id: number, code: CallFailure['code'], message: string): void {
    this.#others.push({ id, failure: { code, message } })
  }

  health(health: StorageHealth): void {
    this.#health = health
  }

  wake(routes: Iterable<number> | 'all'): void {
    if (this.#wake === 'all') return
    if (routes === 'all') {
      this.#wake = 'all'
      return
    }
    const wake = this.#wake ?? new Set<number>()
    for (const route of routes) wake.add(route)
    if (wake.size > 0) this.#wake = wake
  }

  /** Says only that the worker is at work. */
  alive(): void {
    this.#post({ words: [], others: [], ready: false }, [])
  }

  flush(): void {
    const wake = this.#wake
    const ready = this.#asked
    const isEmpty = this.#words.length + this.#others.length === 0
    if (!ready && isEmpty && this.#health === undefined && wake === undefined) return
    const reply: Reply = {
      words: this.#words,
      others: this.#others,
      ...(this.#health === undefined ? undefined : { health: this.#health }),
      ...(wake === undefined ? undefined : { wake: wake === 'all' ? wake : [...wake] }),
      ready,
      ...(this.#returned === undefined ? undefined : { memory: this.#returned }),
    }
    const transfer = this.#transfer
    if (this.#returned !== undefined) transfer.push(this.#returned.words.buffer, this.#returned.bytes.buffer)
    this.#words = []
    this.#others = []
    this.#transfer = []
    this.#asked = false
    this.#returned = undefined
    this.#health = undefined
    this.#wake = undefined
    this.#post(reply, transfer)
  }
}
