import type { Ticks } from './ticks.ts'

/** The most ticks that are made up for. */
export const mostMissed = 1_000

/** What becomes of ticks that have passed unfired: the values of `millrace.dev/missed-ticks`. */
export type MissedTicks = 'skip' | 'once' | 'all'

/** How far it is looked back first, and by how much further each time: a second's schedule has many ticks. */
const firstLookMs = mostMissed * 1_000
const furtherLook = 8

/** The ticks between two times that are to be fired all the same, oldest first; of too many the latest. */
export function ticksToMakeUp(ticks: Ticks, last: number, now: number, policy: MissedTicks): number[] {
  if (policy === 'skip') return []
  const most = policy === 'once' ? 1 : mostMissed
  for (let lookMs = firstLookMs; ; lookMs *= furtherLook) {
    const since = Math.max(last, now - lookMs)
    const missed = ticksBetween(ticks, since, now)
    if (missed.length >= most || since === last) return missed.slice(-most)
  }
}

function ticksBetween(ticks: Ticks, since: number, now: number): number[] {
  const found: number[] = []
  for (let tick = ticks.after(since); tick !== undefined && tick <= now; tick = ticks.after(tick))
    found.push(tick)
  return found
}
