import { JobError, type JobRun, type Storage } from '@millrace/storage'
import type { JobKind } from '../job-inputs.ts'
import type { Worker } from '../worker.ts'

export interface JobWorkerOptions {
  readonly storage: Pick<Storage, 'jobs'>
  /** How a job of each kind is done. */
  readonly runs: Readonly<Record<JobKind, JobRun>>
}

/** Works on the store's jobs, those of processes that died among them. */
export function jobWorker({ storage, runs }: JobWorkerOptions): Worker {
  const byKind = new Map<string, JobRun>(Object.entries(runs))
  return {
    name: 'jobs',
    run: (signal) =>
      storage.jobs.work(async (held) => {
        const run = byKind.get(held.job.kind)
        if (run === undefined) throw new JobError(`this version knows no jobs of the kind ${held.job.kind}`)
        await run(held)
      }, signal),
  }
}
