/** Where the middle of some values is, and where 60 % of them are. */
export interface Spread {
  readonly p20: number
  readonly median: number
  readonly p80: number
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right)
  return { p20: at(sorted, 0.2), median: at(sorted, 0.5), p80: at(sorted, 0.8) }
}

/** Between two values: on the line from one to the other. */
function at(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}
