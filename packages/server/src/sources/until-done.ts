import type { Clock } from '@millrace/source-sdk'

const firstPauseMs = 100
const longestPauseMs = 10_000

/** Tries until it succeeds, as with a store that is away; undefined where the signal aborts before. */
export async function untilDone<Result>(
  work: () => Promise<Result>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Result | undefined> {
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work()
    } catch {
      await clock.until(clock.now() + pauseMs, signal)
    }
  }
  return undefined
}
