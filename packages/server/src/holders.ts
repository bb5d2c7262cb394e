import { randomUUID } from 'node:crypto'
import type { Storage } from '@millrace/storage'

const prefix = 'held/'
/** Another process that has not answered by then (it was killed) is not waited for any longer. */
const patienceMs = 2_000

/** Knows deliveries that a process holds without an attempt under way: each waits for its turn (a rate, a circuit, a slot). */
export interface Holder {
  /** Those of these that are held so. */
  idle(ids: readonly string[]): readonly string[]
  /** Ends those of these that are held so, counted as cancelled. → which. */
  cancel(ids: readonly string[]): Promise<readonly string[]>
}

interface Question {
  readonly verb: keyof Holder
  readonly ids: readonly string[]
}

interface Asked {
  readonly wanted: number
  readonly answers: Map<string, readonly string[]>
  readonly enough: () => void
}

/**
 * This process and the others that work on the store: only who holds a delivery knows whether an attempt is
 * under way. They ask one another by checkpoints that are deleted once they are answered.
 */
export class Holders {
  readonly #storage: Pick<Storage, 'checkpoints' | 'members'>
  readonly #own: Holder
  readonly #name = randomUUID()
  readonly #asked = new Map<string, Asked>()
  readonly #failed: (err: unknown) => void

  constructor(
    storage: Pick<Storage, 'checkpoints' | 'members' | 'subscribe'>,
    own: Holder,
    failed: (err: unknown) => void,
  ) {
    this.#storage = storage
    this.#own = own
    this.#failed = failed
    storage.subscribe({
      checkpoint: (key) => {
        if (key.startsWith(prefix)) this.#hear(key).catch(failed)
      },
    })
  }

  /** Deletes what processes that died meanwhile have left. */
  async tidy(): Promise<void> {
    await this.#forget(prefix)
  }

  /** Those of these of which no attempt is under way, though somebody holds them. */
  async idle(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const own = new Set(this.#own.idle(ids))
    return new Set([...own, ...(await this.#ask('idle', without(ids, own)))])
  }

  /** Ends those of these of which no attempt is under way, whoever holds them. → which. */
  async cancel(ids: readonly string[]): Promise<readonly string[]> {
    const own = await this.#own.cancel(ids)
    return [...own, ...(await this.#ask('cancel', without(ids, new Set(own))))]
  }

  async #ask(verb: keyof Holder, ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return []
    const wanted = (await this.#storage.members()).length - 1
    if (wanted <= 0) return []
    const key = prefix + randomUUID()
    const { promise, resolve } = Promise.withResolvers<void>()
    const asked: Asked = { wanted, answers: new Map(), enough: resolve }
    this.#asked.set(key, asked)
    const timer = setTimeout(resolve, patienceMs)
    try {
      await this.#storage.checkpoints.put(key, encode({ verb, ids } satisfies Question))
      await promise
      return [...asked.answers.values()].flat()
    } finally {
      clearTimeout(timer)
      this.#asked.delete(key)
      this.#forget(key).catch(this.#failed)
    }
  }

  /** A question of another process (`held/ID`), or an answer (`held/ID/WHO`), which may be another's too. */
  async #hear(key: string): Promise<void> {
    const end = key.indexOf('/', prefix.length)
    const question = end === -1 ? key : key.slice(0, end)
    const asked = this.#asked.get(question)
    if (end !== -1 && asked === undefined) return
    const value = await this.#storage.checkpoints.get(key)
    if (value === undefined) return
    if (asked === undefined) await this.#answer(key, decode(value) as Question)
    else {
      asked.answers.set(key, decode(value) as readonly string[])
      if (asked.answers.size >= asked.wanted) asked.enough()
    }
  }

  async #answer(key: string, { verb, ids }: Question): Promise<void> {
    const found = verb === 'idle' ? this.#own.idle(ids) : await this.#own.cancel(ids)
    await this.#storage.checkpoints.put(`${key}/${this.#name}`, encode(found))
  }

  async #forget(keys: string): Promise<void> {
    const { checkpoints } = this.#storage
    for (const [key] of await checkpoints.list(keys)) await checkpoints.delete(key)
  }
}

function without(ids: readonly string[], known: ReadonlySet<string>): string[] {
  return ids.filter((id) => !known.has(id))
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString())
}
