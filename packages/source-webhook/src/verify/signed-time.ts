import type { Signed } from './verified.ts'

/** Why a signed time (seconds since the epoch) does not hold; it may be off by the tolerance, to both sides. */
export function timeProblem(text: string, { nowMs, toleranceMs }: Signed): string | undefined {
  if (!/^\d{1,12}$/.test(text)) return 'the signed time is no number of seconds since 1970'
  const ageMs = nowMs - Number(text) * 1000
  if (Math.abs(ageMs) <= toleranceMs) return undefined
  const seconds = Math.round(Math.abs(ageMs) / 1000)
  return `the signed time is ${seconds} s ${ageMs > 0 ? 'old' : 'ahead'}, ${toleranceMs / 1000} s are allowed`
}
