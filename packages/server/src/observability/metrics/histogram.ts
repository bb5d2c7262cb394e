import { sample } from './exposition.ts'

/** Upper bounds in seconds, from a delivery on the same host to one that was retried for an hour. */
export const durationBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600,
]

/** Counts of durations by their upper bounds. */
export class Histogram {
  readonly #counts = Array.from({ length: durationBounds.length + 1 }, () => 0)
  #sum = 0

  observe(seconds: number): void {
    let index = 0
    while (seconds > (durationBounds[index] ?? Infinity)) index += 1
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sum += seconds
  }

  /** The lines of one series; none as long as nothing was observed. */
  *samples(name: string, labels: string): Generator<string> {
    const before = labels === '' ? '' : `${labels},`
    let count = 0
    for (const each of this.#counts) count += each
    if (count === 0) return
    let below = 0
    for (const [index, bound] of durationBounds.entries()) {
      below += this.#counts[index] ?? 0
      yield `${name}_bucket{${before}le="${bound}"} ${below}`
    }
    yield `${name}_bucket{${before}le="+Inf"} ${count}`
    yield sample(`${name}_sum`, labels, this.#sum)
    yield sample(`${name}_count`, labels, count)
  }
}
