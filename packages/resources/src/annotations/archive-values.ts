import { parseDuration, type ArchivePolicy } from '@millrace/core'
import { quote } from '../quote.ts'

export const ARCHIVE = 'millrace.dev/archive'
export const ARCHIVE_SIZE = 'millrace.dev/archive-size'

/** What is bounded by its size alone is kept no longer than other things of the past (design, 2, rule 11). */
const longestMs = 30 * 24 * 3_600_000
const unitBytes = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** A size above zero as Kubernetes writes quantities. */
export function sizeProblem(value: string): string | undefined {
  if ((sizeOf(value) ?? 0) > 0) return undefined
  return `is ${quote(value)}, must be a size above zero such as 1Gi, 500Mi or 1048576 (bytes)`
}

/** What the annotations of an addressable ask to be kept; undefined: nothing. */
export function archiveOf(annotations: Readonly<Record<string, string>>): ArchivePolicy | undefined {
  const keepMs = parseDuration(annotations[ARCHIVE] ?? '')
  const maxBytes = sizeOf(annotations[ARCHIVE_SIZE] ?? '')
  if (keepMs === undefined && maxBytes === undefined) return undefined
  return { keepMs: keepMs ?? longestMs, ...(maxBytes === undefined ? {} : { maxBytes }) }
}

/** → bytes. */
function sizeOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([KMGT]i|[kMGT])?$/.exec(text) ?? []
  if (digits === undefined) return undefined
  return Math.floor(Number(digits) * unitBytes[unit as keyof typeof unitBytes])
}
