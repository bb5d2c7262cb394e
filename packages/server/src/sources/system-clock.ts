import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@millrace/source-sdk'

/** The wall clock may be set, so that no sleep is longer. */
const longestSleepMs = 60_000

export const systemClock: Clock = {
  now: Date.now,
  async until(time, signal) {
    for (let left = time - Date.now(); left > 0 && !signal.aborted; left = time - Date.now())
      await delay(Math.min(left, longestSleepMs), undefined, { signal }).catch(() => undefined)
  },
}
