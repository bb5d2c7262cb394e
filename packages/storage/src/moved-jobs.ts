import { isOver } from './job-rules.ts'
import type { Job, NewJob } from './port/jobs.ts'

const prefix = 'jobs/'

/** Whether a checkpoint is a job. */
export function isJob(key: string): boolean {
  return key.startsWith(prefix)
}

/** A job among the checkpoints of one store, for another, in which it begins anew; undefined: it has ended. */
export function movedJob(key: string, value: Uint8Array): Uint8Array | undefined {
  const { kind, input, createdAt, state, cancelled } = JSON.parse(Buffer.from(value).toString()) as NewJob &
    Pick<Job, 'createdAt'> &
    Partial<Job> & { readonly cancelled?: true }
  if (cancelled === true || (state !== undefined && isOver({ state }))) return undefined
  const job = { id: key.slice(prefix.length), kind, input, state: 'waiting', progress: {}, createdAt }
  return Buffer.from(JSON.stringify(job))
}
