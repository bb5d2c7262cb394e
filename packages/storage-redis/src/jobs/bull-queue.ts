import { setTimeout as delay } from 'node:timers/promises'
import { jobPauseMs } from '@millrace/storage'
import { Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import type { Job as BullJob } from 'bullmq'
import { Cluster, Redis } from 'ioredis'
import type { StorePlace } from '../store-url.ts'

/** What a job in the queue carries; its name is its kind. */
export interface BullData {
  readonly input: Readonly<Record<string, unknown>>
}

/** How a job ended that was not failed. */
export interface BullResult {
  readonly cancelled: boolean
}

export type QueuedJob = BullJob<BullData, BullResult>

export interface BullQueueOptions {
  readonly place: StorePlace
  /** No answer for so long: what was asked for is given up. */
  readonly stallMs: number
  /** A process that was not heard of for so long has lost its job. */
  readonly lockMs: number
}

export interface BullWorker {
  /** Waits a while for what is under way, then ends all the same. `force`: at once. */
  close(force?: boolean): Promise<void>
}

/** How a job comes to an end, or not. */
export type Ending =
  | { readonly kind: 'done' | 'cancelled' }
  /** Somebody else goes on with it at once. */
  | { readonly kind: 'given back' }
  | { readonly kind: 'never'; readonly error: string }

/** Of events that nobody but a person reads. */
const mostEvents = 100
const closeMs = 2_000

/** The queue of a store's jobs: its keys share a hash tag of their own. This file alone loads BullMQ. */
export class BullQueue {
  readonly queue: Queue<BullData, BullResult>
  readonly #options: BullQueueOptions
  readonly #prefix: string
  readonly #client: Redis | Cluster

  constructor(options: BullQueueOptions) {
    this.#options = options
    this.#prefix = `m:{${options.place.store}.jobs}`
    this.#client = connect(options.place, { commandTimeout: options.stallMs })
    this.queue = new Queue(queueName, {
      connection: this.#client,
      prefix: this.#prefix,
      streams: { events: { maxLen: mostEvents } },
      // it is tried until it is done: only what can never be done fails
      defaultJobOptions: { attempts: Number.MAX_SAFE_INTEGER, backoff: { type: 'custom' } },
    })
    this.queue.on('error', () => undefined)
  }

  /** Works on what is there. `ended`: a job has come to an end; `lost`: another process has taken it over. */
  work(
    run: (job: QueuedJob, token: string) => Promise<Ending>,
    { ended, lost }: { readonly ended: () => void; readonly lost: (ids: readonly string[]) => void },
  ): BullWorker {
    const { place, lockMs } = this.#options
    const client = connect(place, {})
    const worker = new Worker<BullData, BullResult>(
      queueName,
      async (job, token = '') => {
        const ending = await run(job, token)
        if (ending.kind === 'never') throw new UnrecoverableError(ending.error)
        if (ending.kind !== 'given back') return { cancelled: ending.kind === 'cancelled' }
        await job.moveToWait(token)
        throw new WaitingError()
      },
      {
        connection: client,
        prefix: this.#prefix,
        lockDuration: lockMs,
        stalledInterval: lockMs / 2,
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        settings: { backoffStrategy: (failures) => jobPauseMs(failures) },
      },
    )
    worker.on('error', () => undefined)
    worker.on('lockRenewalFailed', (ids) => lost(ids))
    worker.on('completed', ended)
    worker.on('failed', ended)
    return {
      async close(force = false) {
        const closed = worker.close(force).catch(() => undefined)
        await (force ? closed : Promise.race([closed, delay(closeMs, undefined, { ref: false })]))
        client.disconnect()
      },
    }
  }

  async close(): Promise<void> {
    await Promise.race([this.queue.close().catch(() => undefined), delay(closeMs, undefined, { ref: false })])
    this.#client.disconnect()
  }
}

const queueName = 'jobs'

function connect({ server, cluster }: StorePlace, more: { commandTimeout?: number }): Redis | Cluster {
  const options = { ...server, ...more, maxRetriesPerRequest: null, disableClientInfo: true }
  const client =
    cluster === undefined ? new Redis(options) : new Cluster([...cluster], { redisOptions: options })
  client.on('error', () => undefined)
  return client
}
