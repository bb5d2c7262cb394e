import { isOver, type Expired, type Expiry, type HeldJob, type Storage } from '@millrace/storage'
import type { JobKind } from '../job-inputs.ts'

/** How long dead letters, failed attempts and orphans are kept (design: rule 11). */
const keptMs = 30 * 24 * 3_600_000
/** How long it is known of a job that it has ended. */
const jobsKeptMs = 7 * 24 * 3_600_000
const ownKind: JobKind = 'retention'

export interface RetentionJobOptions {
  readonly storage: Pick<Storage, 'expire' | 'jobs'>
  /** What archives may take, by the paths of their addressables. */
  readonly archives: () => NonNullable<Expiry['archives']>
  readonly log: { info(fields: object, message: string): void }
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Removes what is older than its retention; what can still be delivered is never touched. */
export function retentionJob({ storage, archives, log, now }: RetentionJobOptions) {
  return async function expire({ job, save }: HeldJob): Promise<void> {
    const before = now() - keptMs
    const expired = await storage.expire({
      deadLetters: before,
      orphans: before,
      attempts: before,
      archives: archives(),
    })
    const done = count(expired)
    if (done > 0) log.info({ ...expired }, 'what was kept for its time is gone')
    await save({ done, ...expired })
    await forgetOld(job.id)
  }

  /** Of the runs of this job the last one is remembered. */
  async function forgetOld(self: string): Promise<void> {
    const old = (await storage.jobs.list()).filter(
      (each) =>
        each.id !== self &&
        isOver(each) &&
        (each.kind === ownKind || (each.endedAt ?? each.createdAt) < now() - jobsKeptMs),
    )
    for (const { id } of old) await storage.jobs.forget(id)
  }
}

function count({ deadLetters, orphans, attempts, archived }: Expired): number {
  return deadLetters + orphans + attempts + archived
}
