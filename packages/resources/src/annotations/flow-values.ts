import { longestDelayMs, parseDuration } from '@millrace/core'
import type { Batching, Circuit, Rate } from '@millrace/core'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const
/** Without a burst of its own a rate lets so much of a second begin at once. */
const burstMs = 100
const mostBatched = 10_000

/** `100/s`, `100/s burst 20`; undefined: it is none. */
export function rateOf(text: string): Rate | undefined {
  const [, number, unit, own] = /^(\d{1,9})\/([smh])(?: burst (\d{1,9}))?$/.exec(text) ?? []
  if (number === undefined || !isUnit(unit)) return undefined
  const count = Number(number)
  const perMs = unitMs[unit]
  const burst = own === undefined ? Math.max(1, Math.floor((count * burstMs) / perMs)) : Number(own)
  return count > 0 && burst > 0 ? { count, perMs, burst } : undefined
}

function isUnit(unit: string | undefined): unit is keyof typeof unitMs {
  return unit !== undefined && unit in unitMs
}

/** `100/PT1S`: the number from 1, the duration, zero too. */
export function batchOf(text: string): Batching | undefined {
  const [size, waitMs] = numberAndDuration(text)
  if (size === undefined || waitMs === undefined || size < 1 || size > mostBatched) return undefined
  return { size, waitMs }
}

/** `5/PT1S`, both above zero. */
export function circuitOf(text: string): Circuit | undefined {
  const [failures, probeMs] = numberAndDuration(text)
  return failures !== undefined && probeMs !== undefined && failures > 0 && probeMs > 0
    ? { failures, probeMs }
    : undefined
}

function numberAndDuration(text: string): [number?, number?] {
  const [, number, duration] = /^(\d{1,9})\/(P.+)$/.exec(text) ?? []
  const ms = duration === undefined ? undefined : parseDuration(duration)
  return number === undefined || ms === undefined ? [] : [Number(number), ms]
}

/** At most 30 days. */
export function delayOf(text: string): number | undefined {
  const ms = parseDuration(text)
  return ms !== undefined && ms <= longestDelayMs ? ms : undefined
}

/** Names of attributes by commas, each once. */
export function attributeNamesOf(text: string): readonly string[] | undefined {
  const names = text.split(',')
  const distinct = new Set(names)
  return distinct.size === names.length && names.every(isAttributeName) ? names : undefined
}

/** No attribute is called `data` (CloudEvents, Attribute Naming Convention). */
export function isAttributeName(text: string): boolean {
  return /^[a-z0-9]+$/.test(text) && text !== 'data'
}
