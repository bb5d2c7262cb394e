import { setTimeout as delay } from 'node:timers/promises'
import { isOver, JobError, StorageError } from '@millrace/storage'
import type { Checkpoints, HeldJob, Job, JobRun, Jobs, NewJob } from '@millrace/storage'
import type { Listeners } from '../listeners.ts'
import type { BullQueue, BullQueueOptions, Ending, QueuedJob } from './bull-queue.ts'
import { openJobOf, OpenJobs } from './open-jobs.ts'
import type { OpenJob } from './open-jobs.ts'
import { isQueueState, readJob, stateOf } from './read-job.ts'
import type { QueueState } from './read-job.ts'

export interface RedisJobsOptions extends BullQueueOptions {
  readonly checkpoints: Checkpoints
  readonly listeners: Listeners
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const awayMs = 1_000
const lookMs = 2_000
const longestWaitMs = 3_600_000
const queueStates = Object.keys(stateOf) as QueueState[]

interface Held {
  readonly id: string
  readonly cancelled: AbortController
  readonly lost: AbortController
}

/**
 * Jobs of a store that processes share, in a queue of BullMQ. Its workers ask Redis all the time, so a process
 * has one only while there is a job; it is loaded with the first.
 */
export class RedisJobs implements Jobs {
  readonly #options: RedisJobsOptions
  readonly #open: OpenJobs
  readonly #unsubscribe: () => void
  readonly #death = new AbortController()
  #bull: Promise<BullQueue> | undefined
  #held: Held | undefined
  #wake = new AbortController()
  #grace: NodeJS.Timeout | undefined

  constructor(options: RedisJobsOptions) {
    this.#options = options
    this.#open = new OpenJobs(options.checkpoints)
    const look = (): void => this.#wake.abort()
    this.#unsubscribe = options.listeners.subscribe({
      checkpoint: (key) => this.#heard(key),
      // who died may have had a job, and what was said while the store was away was not heard
      members: look,
      health: ({ kind }) => kind === 'ok' && look(),
    })
  }

  async add(job: NewJob): Promise<Job> {
    const known = await this.get(job.id)
    if (known !== undefined) return known
    const open = { ...job, createdAt: this.#options.now() }
    await this.#open.put(open)
    const added = await this.#ask((bull) => enqueue(bull, open))
    this.#wake.abort()
    return readJob(added, 'waiting')
  }

  async list(): Promise<readonly Job[]> {
    const open = new Map((await this.#open.list()).map((each) => [each.id, each]))
    const jobs = await this.#ask(async ({ queue }) => {
      const all = queueStates.map(async (state) =>
        (await queue.getJobs([state])).map((job) => readJob(job, stateOf[state])),
      )
      // one that moves on meanwhile is seen twice: later states come last
      return new Map((await Promise.all(all)).flat().map((job) => [job.id, job]))
    })
    for (const each of open.values()) jobs.set(each.id, seen(jobs.get(each.id), each))
    return [...jobs.values()].toSorted(inOrder)
  }

  async get(id: string): Promise<Job | undefined> {
    const open = await this.#open.get(id)
    const queued = await this.#ask((bull) => find(bull, id))
    return open === undefined ? queued : seen(queued, open)
  }

  async cancel(id: string): Promise<boolean> {
    const job = await this.get(id)
    const open = await this.#open.get(id)
    if (job === undefined || isOver(job) || open === undefined) return false
    await this.#open.put({ ...open, cancelled: true })
    if (this.#held?.id === id) this.#held.cancelled.abort(new Error('the job is cancelled'))
    this.#wake.abort()
    return true
  }

  async forget(id: string): Promise<void> {
    const job = await this.get(id)
    if (job === undefined || !isOver(job)) return
    await this.#ask(async ({ queue }) => (await queue.getJob(id))?.remove())
  }

  async work(run: JobRun, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, this.#death.signal])
    while (!signal.aborted) {
      this.#wake = new AbortController()
      try {
        if ((await this.#open.list()).length === 0) await this.#wait(longestWaitMs, signal)
        else await this.#shift(run, signal)
      } catch (error) {
        if (signal.aborted) return
        // a dead store is its own reason not to be ready, not this worker's
        if (!(error instanceof StorageError) || error.code === 'closed') throw error
        await delay(awayMs, undefined, { signal, ref: false }).catch(() => undefined)
      }
    }
  }

  /** Ends all connections; what is under way is left to the others. */
  async close(): Promise<void> {
    this.#unsubscribe()
    clearTimeout(this.#grace)
    this.#death.abort()
    await (await this.#bull?.catch(() => undefined))?.close()
  }

  /** Works for as long as there is a job that has not ended. */
  async #shift(run: JobRun, signal: AbortSignal): Promise<void> {
    const bull = await this.#loaded()
    let ended = Promise.withResolvers<void>()
    const worker = bull.work((job, token) => this.#run(job, token, run, signal), {
      ended: () => ended.resolve(),
      lost: (ids) => {
        if (this.#held !== undefined && ids.includes(this.#held.id)) this.#held.lost.abort(lostError())
      },
    })
    try {
      while (!signal.aborted && (await this.#tend()) > 0) {
        await Promise.race([ended.promise, this.#wait(lookMs, signal)])
        ended = Promise.withResolvers()
        this.#wake = new AbortController()
      }
    } finally {
      await worker.close(this.#death.signal.aborted)
    }
  }

  /** What is not in the queue is put there, what has ended is open no longer. → how many are open */
  async #tend(): Promise<number> {
    const open = await this.#open.list()
    let left = open.length
    for (const each of open) {
      const job = await this.#ask((bull) => find(bull, each.id))
      if (job === undefined) await this.#ask((bull) => enqueue(bull, each))
      if (job === undefined || !isOver(job)) continue
      await this.#open.delete(each.id)
      left -= 1
    }
    return left
  }

  async #run(queued: QueuedJob, token: string, run: JobRun, stop: AbortSignal): Promise<Ending> {
    const job = readJob(queued, 'running')
    const held: Held = { id: job.id, cancelled: new AbortController(), lost: new AbortController() }
    const signal = AbortSignal.any([stop, held.cancelled.signal, held.lost.signal])
    const isCancelled = async (): Promise<boolean> => (await this.#open.get(job.id))?.cancelled === true
    const save: HeldJob['save'] = async (progress) => {
      signal.throwIfAborted()
      // the lock is the fence: who has lost it does nothing more
      const isHeld = await queued.extendLock(token, this.#options.lockMs).catch(() => 0)
      if (isHeld !== 1) held.lost.abort(lostError())
      signal.throwIfAborted()
      await queued.updateProgress({ ...progress })
      if (await isCancelled()) held.cancelled.abort(new Error('the job is cancelled'))
      signal.throwIfAborted()
    }
    this.#held = held
    try {
      if (await isCancelled()) return { kind: 'cancelled' }
      await run({ job, signal, save })
      return { kind: 'done' }
    } catch (error) {
      if (held.lost.signal.aborted || this.#death.signal.aborted) throw error
      if (held.cancelled.signal.aborted) return { kind: 'cancelled' }
      if (stop.aborted) return { kind: 'given back' }
      if (error instanceof JobError) return { kind: 'never', error: error.message }
      throw error
    } finally {
      this.#held = undefined
    }
  }

  /** Something was said of a job by another process: it does it, unless that takes too long. */
  #heard(key: string): void {
    const id = openJobOf(key)
    if (id === undefined) return
    if (this.#held?.id === id) void this.#lookAt(this.#held)
    this.#grace ??= setTimeout(() => {
      this.#grace = undefined
      this.#wake.abort()
    }, this.#options.lockMs).unref()
  }

  async #lookAt({ id, cancelled }: Held): Promise<void> {
    const open = await this.#open.get(id).catch(() => undefined)
    if (open?.cancelled === true) cancelled.abort(new Error('the job is cancelled'))
  }

  #loaded(): Promise<BullQueue> {
    this.#bull ??= import('./bull-queue.ts').then((module) => new module.BullQueue(this.#options))
    return this.#bull
  }

  /** @throws {StorageError} the queue does not answer */
  async #ask<T>(question: (bull: BullQueue) => Promise<T>): Promise<T> {
    try {
      return await question(await this.#loaded())
    } catch (error) {
      if (error instanceof StorageError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new StorageError('unavailable', `the queue of jobs does not answer: ${reason}`, { cause: error })
    }
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#wake.signal])
    await delay(ms, undefined, { signal: either, ref: false }).catch(() => undefined)
  }
}

function inOrder(a: Job, b: Job): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
}

/** Adding what is there already changes nothing. */
function enqueue({ queue }: BullQueue, { id, kind, input, createdAt }: OpenJob): Promise<QueuedJob> {
  return queue.add(kind, { input }, { jobId: id, timestamp: createdAt })
}

async function find({ queue }: BullQueue, id: string): Promise<Job | undefined> {
  // the state first: what is read of one that has ended is then how it ended
  const state = await queue.getJobState(id)
  const job = isQueueState(state) ? await queue.getJob(id) : undefined
  return job === undefined || !isQueueState(state) ? undefined : readJob(job, stateOf[state])
}

/** What is to be seen of a job that has not ended yet, as far as the queue knows. */
function seen(queued: Job | undefined, open: OpenJob): Job {
  const { cancelled, ...job } = open
  const known: Job = queued ?? { ...job, state: 'waiting', progress: {} }
  return cancelled === true && !isOver(known) ? { ...known, state: 'cancelled' } : known
}

function lostError(): Error {
  return new Error('another process has taken the job over')
}
