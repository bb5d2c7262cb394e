import type { Checkpoints, Storage } from '@millrace/storage'

const prefix = 'paused/'
const nothing = new Uint8Array(0)

/** What can be paused: a Trigger or a Subscription. */
export interface Pausable {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** What was paused by command, kept in the store over restarts and for all processes that share it. */
export class Pauses {
  readonly #checkpoints: Checkpoints
  #paused: ReadonlySet<string> = new Set()
  #changed: () => void = () => undefined

  private constructor(checkpoints: Checkpoints) {
    this.#checkpoints = checkpoints
  }

  /** Reads what the store has; `failed` is told of later readings that come to nothing. */
  static async open(
    storage: Pick<Storage, 'checkpoints' | 'subscribe'>,
    failed: (err: unknown) => void,
  ): Promise<Pauses> {
    const pauses = new Pauses(storage.checkpoints)
    await pauses.#read()
    storage.subscribe({
      checkpoint: (key) => {
        if (key.startsWith(prefix)) pauses.#read().then(() => pauses.#changed(), failed)
      },
    })
    return pauses
  }

  /** Calls `changed` whenever something was paused or resumed, by this process or another. */
  follow(changed: () => void): void {
    this.#changed = changed
  }

  has(pausable: Pausable): boolean {
    return this.#paused.size > 0 && this.#paused.has(keyOf(pausable))
  }

  async pause(pausable: Pausable): Promise<void> {
    await this.#checkpoints.put(keyOf(pausable), nothing)
    await this.#read()
    this.#changed()
  }

  async resume(pausable: Pausable): Promise<void> {
    await this.#checkpoints.delete(keyOf(pausable))
    await this.#read()
    this.#changed()
  }

  async #read(): Promise<void> {
    this.#paused = new Set((await this.#checkpoints.list(prefix)).map(([key]) => key))
  }
}

function keyOf({ kind, namespace, name }: Pausable): string {
  return `${prefix}${kind} ${namespace}/${name}`
}
