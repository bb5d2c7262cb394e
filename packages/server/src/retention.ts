import { setTimeout as delay } from 'node:timers/promises'
import { StorageError, type Expiry, type Storage } from '@millrace/storage'
import type { JobKind } from './job-inputs.ts'
import type { Worker } from './worker.ts'

const everyMs = 3_600_000
/** How soon it is tried again where the store is away. */
const awayMs = 5_000
/** An archive that is bounded by its size fills up sooner. */
const ofArchivesMs = 60_000
/** Which turn was the last, so that a process that starts need not ask the jobs. */
const lastTurn = 'retention'

export interface RetentionOptions {
  readonly storage: Pick<Storage, 'checkpoints' | 'jobs'>
  /** What archives may take, by the paths of their addressables. */
  readonly archives: () => NonNullable<Expiry['archives']>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Makes retention a job, once each turn in all processes of a store: its id is that of the turn. */
export function retention({ storage, archives, now }: RetentionOptions): Worker {
  const { checkpoints, jobs } = storage
  const kind: JobKind = 'retention'

  /** → false: the store is away, or dead */
  async function take(id: string): Promise<boolean> {
    try {
      const last = await checkpoints.get(lastTurn)
      if (last !== undefined && Buffer.from(last).toString() === id) return true
      await jobs.add({ id, kind, input: {} })
      await checkpoints.put(lastTurn, Buffer.from(id))
      return true
    } catch (error) {
      // a dead store is its own reason not to be ready, not this worker's
      if (error instanceof StorageError && error.code !== 'closed') return false
      throw error
    }
  }

  return {
    name: 'retention',
    async run(signal) {
      while (!signal.aborted) {
        const turnMs = archives().length === 0 ? everyMs : ofArchivesMs
        const turn = Math.floor(now() / turnMs)
        const taken = await take(`${kind}-${turn}`)
        const untilMs = taken ? (turn + 1) * turnMs - now() : awayMs
        await delay(untilMs, undefined, { signal, ref: false }).catch(() => undefined)
      }
    },
  }
}
