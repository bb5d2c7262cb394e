import { setTimeout as delay } from 'node:timers/promises'
import type { AdminClient } from './admin-client.ts'
import { CommandError } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** A job, as the admin API gives it. Times are RFC 3339. */
export interface Job {
  readonly id: string
  readonly kind: string
  /** In words. */
  readonly what: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly done: number
  /** None: it is not known yet. */
  readonly total?: number
  readonly skipped?: number
  readonly createdAt: string
  readonly startedAt?: string
  readonly endedAt?: string
  readonly error?: string
  /** The first of those that were skipped. */
  readonly skips?: readonly { readonly id: string; readonly reason: string }[]
}

const youngMs = 2_000
const oftenMs = 50
const seldomMs = 250

/**
 * Shows how far a job is until it has ended; the job goes on without whoever follows it.
 * @throws {CommandError} it failed, or was cancelled
 */
export async function follow(
  admin: AdminClient,
  begun: Job,
  terminal: Terminal,
  line: (job: Job) => string,
): Promise<Job> {
  const { id } = begun
  if (terminal.isLive) terminal.note(`${id}: Ctrl-C leaves it running, millrace jobs cancel ${id} ends it`)
  const since = performance.now()
  let job = begun
  while (job.state === 'waiting' || job.state === 'running') {
    if (job.total !== undefined) terminal.progress(line(job))
    await delay(performance.now() - since < youngMs ? oftenMs : seldomMs)
    job = await admin.get<Job>(jobPath(id))
  }
  if (job.state === 'done') return job
  const why = job.error === undefined ? '' : `: ${job.error}`
  throw new CommandError(
    `${id} was ${job.state === 'failed' ? 'given up' : 'cancelled'} (${line(job)})${why}`,
  )
}

export function jobPath(id: string): string {
  return `/api/jobs/${encodeURIComponent(id)}`
}

/** How far it is: `100/250`. */
export function howFar({ done, total, skipped = 0 }: Job): string {
  const most = total === undefined ? '' : `/${total}`
  return `${done}${most}${skipped === 0 ? '' : `, ${skipped} skipped`}`
}
