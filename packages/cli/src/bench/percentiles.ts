/** Milliseconds below which half, 99 % and 99.9 % of some times are. */
export interface Percentiles {
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

/** None of no times. */
export function percentiles(times: readonly number[]): Percentiles | undefined {
  if (times.length === 0) return undefined
  const sorted = Float64Array.from(times).toSorted()
  const at = (share: number): number => rounded(sorted[Math.ceil(sorted.length * share) - 1] ?? 0)
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) }
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
