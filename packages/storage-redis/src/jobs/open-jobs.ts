import type { Checkpoints, JobFacts, NewJob } from '@millrace/storage'

/** A job that has not ended, kept in the store itself. */
export interface OpenJob extends NewJob {
  readonly createdAt: number
  readonly cancelled?: true
}

const prefix = 'jobs/'

/**
 * The jobs that have not ended, among the store's checkpoints: written before a job is put into the queue, and
 * taken away when it has ended. So one command tells whether there is any work, without the queue; a job
 * whose process died before it was in the queue is put there by the next; and the others hear of it.
 */
export class OpenJobs {
  readonly #checkpoints: Checkpoints

  constructor(checkpoints: Checkpoints) {
    this.#checkpoints = checkpoints
  }

  async list(): Promise<readonly OpenJob[]> {
    return (await this.#checkpoints.list(prefix)).map(([key, value]) => read(key, value))
  }

  async get(id: string): Promise<OpenJob | undefined> {
    const value = await this.#checkpoints.get(prefix + id)
    return value === undefined ? undefined : read(prefix + id, value)
  }

  async put({ id, ...facts }: OpenJob): Promise<void> {
    await this.#checkpoints.put(prefix + id, Buffer.from(JSON.stringify(facts)))
  }

  async delete(id: string): Promise<void> {
    await this.#checkpoints.delete(prefix + id)
  }
}

/** Which job a checkpoint is about, if it is one. */
export function openJobOf(key: string): string | undefined {
  return key.startsWith(prefix) ? key.slice(prefix.length) : undefined
}

function read(key: string, value: Uint8Array): OpenJob {
  const facts: { kind: string; input: JobFacts; createdAt: number; cancelled?: true } = JSON.parse(
    Buffer.from(value).toString(),
  )
  return { ...facts, id: key.slice(prefix.length) }
}
