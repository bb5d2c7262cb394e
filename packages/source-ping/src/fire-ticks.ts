import type { CloudEvent, RunContext } from '@millrace/source-sdk'
import { ticksToMakeUp, type MissedTicks } from './missed-ticks.ts'
import type { Ticks } from './ticks.ts'
import { tickText } from './to-event.ts'

/** Woken later than this it has not been waiting but standing still, as a machine that slept. */
const standstillMs = 10_000

/** What is fired, and as which events. */
export interface FiredSchedule {
  readonly ticks: Ticks
  readonly missed: MissedTicks
  /** The event of a tick: the same from whichever process fires it. */
  readonly eventOf: (tick: number) => CloudEvent
}

/**
 * Fires a schedule until the signal aborts, over restarts: `status.lastScheduleTime` and `nextScheduleTime`, and what
 * becomes of ticks that passed meanwhile.
 */
export async function fireTicks(context: RunContext<object>, schedule: FiredSchedule): Promise<void> {
  const { clock, signal, status, checkpoint } = context
  const { ticks, missed } = schedule
  const known = seenIn(await checkpoint.get())
  let last = known?.last
  if (last !== undefined) status.set({ lastScheduleTime: tickText(last) })
  let from = clock.now()
  if (known === undefined) await checkpoint.put(seen({ since: from }))
  else await makeUp(last ?? known.since, from)
  while (!signal.aborted) {
    const next = ticks.after(from)
    status.set({ nextScheduleTime: next === undefined ? undefined : tickText(next) })
    const begun = clock.now()
    if (next !== undefined && next <= begun) {
      // the store took nothing for longer than a tick: none of them was missed, they are late
      for (const tick of ticksToMakeUp(ticks, from, begun, 'all')) await fire(tick)
      from = begun
      continue
    }
    await clock.until(next ?? Infinity, signal)
    if (signal.aborted || next === undefined) return
    const now = clock.now()
    if (now - next > standstillMs) {
      await makeUp(next - 1, now)
      from = now
    } else {
      await fire(next)
      from = next
    }
  }

  /** What passed after `since` without being fired, as the manifest wants it. */
  async function makeUp(since: number, now: number): Promise<void> {
    for (const tick of ticksToMakeUp(ticks, since, now, missed)) await fire(tick)
  }

  async function fire(tick: number): Promise<void> {
    await context.emit({ event: schedule.eventOf(tick), dedupe: tickText(tick) })
    if (last !== undefined && tick <= last) return
    last = tick
    await checkpoint.put(seen({ since: tick, last: tick }))
    status.set({ lastScheduleTime: tickText(tick) })
  }
}

/** What the store knows of a source: since when, and its last tick. */
interface Seen {
  readonly since: number
  readonly last?: number
}

function seen(what: Seen): Uint8Array {
  return Buffer.from(JSON.stringify(what))
}

function seenIn(bytes: Uint8Array | undefined): Seen | undefined {
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as Seen)
}
