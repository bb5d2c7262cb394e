import { setTimeout as delay } from 'node:timers/promises'
import type { Expired, Expiry, Storage } from '@millrace/storage'
import type { Worker } from './worker.ts'

/** How long dead letters, failed attempts and orphans are kept (design: rule 11). */
const keptMs = 30 * 24 * 3_600_000
const everyMs = 3_600_000
/** An archive that is bounded by its size fills up sooner. */
const ofArchivesMs = 60_000

export interface RetentionOptions {
  readonly storage: Pick<Storage, 'expire'>
  /** What archives may take, by the paths of their addressables. */
  readonly archives: () => NonNullable<Expiry['archives']>
  readonly log: { info(fields: object, message: string): void }
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Removes what is older than its retention; what can still be delivered is never touched. */
export function retention({ storage, archives, log, now }: RetentionOptions): Worker {
  return {
    name: 'retention',
    async run(signal) {
      while (!signal.aborted) {
        const before = now() - keptMs
        const sized = archives()
        const expired = await storage.expire({
          deadLetters: before,
          orphans: before,
          attempts: before,
          archives: sized,
        })
        if (count(expired) > 0) log.info({ ...expired }, 'what was kept for its time is gone')
        await delay(sized.length === 0 ? everyMs : ofArchivesMs, undefined, { signal, ref: false }).catch(
          () => undefined,
        )
      }
    },
  }
}

function count({ deadLetters, orphans, attempts, archived }: Expired): number {
  return deadLetters + orphans + attempts + archived
}
