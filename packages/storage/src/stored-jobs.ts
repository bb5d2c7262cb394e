import { setTimeout as delay } from 'node:timers/promises'
import { JobError, StorageError } from './errors.ts'
import { isOver, jobPauseMs } from './job-rules.ts'
import type { HeldJob, Job, JobRun, Jobs, NewJob } from './port/jobs.ts'
import type { Checkpoints } from './storage.ts'

const prefix = 'jobs/'
const awayMs = 1_000
const longestWaitMs = 3_600_000

/** Why a job is not tried at once. */
interface Pause {
  readonly failures: number
  /** Monotonic. */
  readonly until: number
}

/** The jobs of a store that one process has: they are kept among its checkpoints, and done in this process. */
export class StoredJobs implements Jobs {
  readonly #checkpoints: Checkpoints
  readonly #now: () => number
  readonly #pauses = new Map<string, Pause>()
  #turn: Promise<unknown> = Promise.resolve()
  #current: { readonly id: string; readonly cancelled: AbortController } | undefined
  #wake = new AbortController()

  constructor(checkpoints: Checkpoints, now: () => number) {
    this.#checkpoints = checkpoints
    this.#now = now
  }

  async add(job: NewJob): Promise<Job> {
    const added = await this.#change(
      job.id,
      (known) => known ?? { ...job, state: 'waiting', progress: {}, createdAt: this.#now() },
    )
    this.#wake.abort()
    return added
  }

  async list(): Promise<readonly Job[]> {
    const all = await this.#checkpoints.list(prefix)
    return all.map(([, value]) => read(value)).toSorted((a, b) => a.createdAt - b.createdAt)
  }

  async get(id: string): Promise<Job | undefined> {
    const value = await this.#checkpoints.get(prefix + id)
    return value === undefined ? undefined : read(value)
  }

  async cancel(id: string): Promise<boolean> {
    let found = false
    await this.#change(id, (known) => {
      found = known !== undefined && !isOver(known)
      return found && known !== undefined ? { ...known, state: 'cancelled', endedAt: this.#now() } : known
    })
    if (found && this.#current?.id === id) this.#current.cancelled.abort(new Error('the job is cancelled'))
    return found
  }

  async forget(id: string): Promise<void> {
    const job = await this.get(id)
    if (job !== undefined && isOver(job)) await this.#checkpoints.delete(prefix + id)
  }

  async work(run: JobRun, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController()
      try {
        const waitMs = await this.#workOn(run, signal)
        if (waitMs > 0) await this.#wait(waitMs, signal)
      } catch (error) {
        if (signal.aborted) return
        // a dead store is its own reason not to be ready, not this worker's
        if (!(error instanceof StorageError) || error.code === 'closed') throw error
        await this.#wait(awayMs, signal)
      }
    }
  }

  /** Works on one that may be worked on. → how long there is nothing to do, as far as is known */
  async #workOn(run: JobRun, signal: AbortSignal): Promise<number> {
    const open = (await this.list()).filter((job) => !isOver(job))
    const now = performance.now()
    const waits = open.map(({ id }) => Math.max(0, (this.#pauses.get(id)?.until ?? 0) - now))
    const next = open[waits.indexOf(0)]
    if (next === undefined) return Math.min(longestWaitMs, ...waits)
    await this.#run(next, run, signal)
    return 0
  }

  async #run({ id }: Job, run: JobRun, stop: AbortSignal): Promise<void> {
    const cancelled = new AbortController()
    this.#current = { id, cancelled }
    const signal = AbortSignal.any([stop, cancelled.signal])
    try {
      const job = await this.#running(id, (known) => ({
        ...known,
        state: 'running',
        startedAt: known.startedAt ?? this.#now(),
      }))
      const held: HeldJob = {
        job,
        signal,
        save: async (progress) => {
          signal.throwIfAborted()
          await this.#running(id, (known) => ({ ...known, progress }))
        },
      }
      await run(held)
      await this.#running(id, (known) => {
        const { error: _tried, ...done } = known
        return { ...done, state: 'done', endedAt: this.#now() }
      })
      this.#pauses.delete(id)
    } catch (error) {
      // cancelled: that is written already; stopped: the next start goes on with it
      if (!signal.aborted) await this.#failed(id, error)
    } finally {
      this.#current = undefined
    }
  }

  async #failed(id: string, reason: unknown): Promise<void> {
    const error = reason instanceof Error ? reason.message : String(reason)
    if (reason instanceof JobError) {
      await this.#running(id, (known) => ({ ...known, state: 'failed', error, endedAt: this.#now() }))
      return
    }
    const failures = (this.#pauses.get(id)?.failures ?? 0) + 1
    this.#pauses.set(id, { failures, until: performance.now() + jobPauseMs(failures) })
    await this.#running(id, (known) => ({ ...known, state: 'waiting', error }))
  }

  /** Changes a job that has not ended. @throws where it has */
  #running(id: string, change: (known: Job) => Job): Promise<Job> {
    return this.#change(id, (known) => {
      if (known === undefined || isOver(known)) throw new Error('the job has ended')
      return change(known)
    })
  }

  /** Reads and writes one, with nothing in between. */
  #change<T extends Job | undefined>(id: string, change: (known: Job | undefined) => T): Promise<T> {
    const changed = this.#turn.then(async () => {
      const known = await this.get(id)
      const next = change(known)
      if (next !== undefined && next !== known)
        await this.#checkpoints.put(prefix + id, Buffer.from(JSON.stringify(next)))
      return next
    })
    this.#turn = changed.catch(() => undefined)
    return changed
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#wake.signal])
    await delay(ms, undefined, { signal: either, ref: false }).catch(() => undefined)
  }
}

function read(value: Uint8Array): Job {
  return JSON.parse(Buffer.from(value).toString())
}
