import type { Member, Storage } from '@millrace/storage'

const prefix = 'process/'

/** What a process says of itself for as long as it lives. */
export interface ProcessCard {
  readonly version: string
  readonly ingress: string
  readonly admin: string
  /** Fingerprint of its manifests, and since when they are in force (milliseconds since the epoch). */
  readonly manifests: string
  readonly manifestsAt: number
}

/** Whether a checkpoint is a process's card. */
export function isOfProcess(key: string): boolean {
  return key.startsWith(prefix)
}

/** The cards of the processes that work on the store, by their ids; this one's own is written, not read. */
export class ProcessCards {
  readonly #storage: Pick<Storage, 'checkpoints' | 'member' | 'members'>

  constructor(storage: Pick<Storage, 'checkpoints' | 'member' | 'members'>) {
    this.#storage = storage
  }

  async show(card: ProcessCard): Promise<void> {
    await this.#storage.checkpoints.put(prefix + this.#storage.member, Buffer.from(JSON.stringify(card)))
  }

  async withdraw(): Promise<void> {
    await this.#storage.checkpoints.delete(prefix + this.#storage.member)
  }

  /** Reads those of the others who live, and removes those of the dead. */
  async others(): Promise<readonly { member: Member; card: ProcessCard | undefined }[]> {
    const { checkpoints, member: self } = this.#storage
    const members = await this.#storage.members()
    const living = new Set([self, ...members.map(({ id }) => id)])
    const cards = new Map<string, ProcessCard>()
    for (const [key, value] of await checkpoints.list(prefix)) {
      const id = key.slice(prefix.length)
      if (living.has(id)) cards.set(id, JSON.parse(Buffer.from(value).toString()) as ProcessCard)
      else await checkpoints.delete(key)
    }
    return members.filter(({ id }) => id !== self).map((member) => ({ member, card: cards.get(member.id) }))
  }
}
