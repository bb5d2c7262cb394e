import { randomUUID } from 'node:crypto'
import type { Member, Storage } from '@millrace/storage'

const prefix = 'ask/'
/** Another process that has not answered by then (it was killed) is not waited for any longer. */
const patienceMs = 2_000

/** Whether a checkpoint is a question of one process to the others, or an answer. */
export function isQuestion(key: string): boolean {
  return key.startsWith(prefix)
}

interface Question {
  readonly topic: string
  readonly about: unknown
}

interface Asked {
  readonly answers: Map<string, unknown>
  readonly heard: () => void
}

/** What the others said, each by its id among the members, and who of them has said nothing. */
export interface Answers {
  readonly answers: ReadonlyMap<string, unknown>
  readonly silent: readonly Member[]
}

/** The other processes that work on the store. They ask one another by checkpoints that are deleted once they are answered. */
export class Peers {
  readonly #storage: Pick<Storage, 'checkpoints' | 'member' | 'members'>
  readonly #topics = new Map<string, (about: unknown) => unknown>()
  readonly #asked = new Map<string, Asked>()
  readonly #failed: (err: unknown) => void

  /** `failed` is told of questions that could not be answered. */
  constructor(
    storage: Pick<Storage, 'checkpoints' | 'member' | 'members' | 'subscribe'>,
    failed: (err: unknown) => void,
  ) {
    this.#storage = storage
    this.#failed = failed
    storage.subscribe({
      checkpoint: (key) => {
        if (isQuestion(key)) this.#hear(key).catch(failed)
      },
    })
  }

  /** Deletes what processes that died meanwhile have left. */
  async tidy(): Promise<void> {
    await this.#forget(prefix)
  }

  /** What this process answers to questions of a topic. */
  answer(topic: string, how: (about: unknown) => unknown): void {
    this.#topics.set(topic, how)
  }

  /** Asks all others; waits a while for those who do not answer. */
  async ask(topic: string, about: unknown = null): Promise<Answers> {
    const members = await this.#storage.members()
    const others = members.filter(({ id }) => id !== this.#storage.member)
    const answers = new Map<string, unknown>()
    const silent = (): Member[] => others.filter(({ id }) => !answers.has(id))
    if (others.length === 0) return { answers, silent: [] }
    const key = prefix + randomUUID()
    const { promise, resolve } = Promise.withResolvers<void>()
    const heard = (): void => {
      if (silent().length === 0) resolve()
    }
    this.#asked.set(key, { answers, heard })
    const timer = setTimeout(resolve, patienceMs)
    try {
      await this.#storage.checkpoints.put(key, encode({ topic, about } satisfies Question))
      await promise
      return { answers, silent: silent() }
    } finally {
      clearTimeout(timer)
      this.#asked.delete(key)
      this.#forget(key).catch(this.#failed)
    }
  }

  /** A question of another process (`ask/ID`), or an answer (`ask/ID/WHO`), which may be another's too. */
  async #hear(key: string): Promise<void> {
    const [, id = '', who] = key.split('/')
    const question = prefix + id
    const asked = this.#asked.get(question)
    if (who !== undefined && asked === undefined) return
    const value = await this.#storage.checkpoints.get(key)
    if (value === undefined) return
    if (asked === undefined || who === undefined) return this.#answer(key, decode(value) as Question)
    asked.answers.set(who, decode(value))
    asked.heard()
  }

  async #answer(key: string, { topic, about }: Question): Promise<void> {
    const how = this.#topics.get(topic)
    // of a newer version, perhaps
    if (how === undefined) return
    const answer = await how(about)
    await this.#storage.checkpoints.put(`${key}/${this.#storage.member}`, encode(answer))
  }

  async #forget(keys: string): Promise<void> {
    const { checkpoints } = this.#storage
    for (const [key] of await checkpoints.list(keys)) await checkpoints.delete(key)
  }
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString())
}
