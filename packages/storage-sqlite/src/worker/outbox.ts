import type { StorageHealth } from '@millrace/storage'
import { isSpare, mostSpares } from '../message-buffer.ts'
import type { CallFailure, Claimed, Reply } from '../wire.ts'

/** Collects what the worker has to say into one message. */
export class Outbox {
  readonly #post: (reply: Reply, transfer: ArrayBuffer[]) => void
  #words: number[] = []
  #others: Reply['others'][number][] = []
  #transfer: ArrayBuffer[] = []
  #spare: ArrayBuffer[] = []
  #health: StorageHealth | undefined
  #wake: Set<number> | 'all' | undefined

  constructor(post: (reply: Reply, transfer: ArrayBuffer[]) => void) {
    this.#post = post
  }

  /** Answers an append or a settle. */
  words(id: number, codes: readonly number[]): void {
    this.#words.push(id, codes.length)
    for (const code of codes) this.#words.push(code)
  }

  value(id: number, value: unknown): void {
    this.#others.push({ id, value })
  }

  /** Answers a claim: its records change hands, each once. */
  claimed(id: number, claimed: readonly Claimed[]): void {
    for (const record of new Set(claimed.flatMap(({ records }) => records)))
      if (record !== null && record.length > 0) this.#transfer.push(record.buffer)
    this.value(id, claimed)
  }

  failure(id: number, code: CallFailure['code'], message: string): void {
    this.#others.push({ id, failure: { code, message } })
  }

  /** Gives the memory of a message back with the next answer, or frees it. */
  free(memory: ArrayBuffer): void {
    if (isSpare(memory) && this.#spare.length < mostSpares) this.#spare.push(memory)
    else memory.transfer(0)
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
    this.#post({ words: [], others: [] }, [])
  }

  flush(): void {
    const wake = this.#wake
    if (this.#words.length + this.#others.length === 0 && this.#health === undefined && wake === undefined)
      return
    const spare = this.#spare
    const reply: Reply = {
      words: this.#words,
      others: this.#others,
      ...(spare.length === 0 ? undefined : { spare }),
      ...(this.#health === undefined ? undefined : { health: this.#health }),
      ...(wake === undefined ? undefined : { wake: wake === 'all' ? wake : [...wake] }),
    }
    const transfer = [...this.#transfer, ...spare]
    this.#words = []
    this.#others = []
    this.#transfer = []
    this.#spare = []
    this.#health = undefined
    this.#wake = undefined
    this.#post(reply, transfer)
  }
}
