import type { Percentiles } from './generator.ts'

/** Milliseconds as they come, for the programs that are not in C. */
export class Latencies {
  #values: number[] = []

  add(ms: number): void {
    this.#values.push(ms)
  }

  clear(): void {
    this.#values = []
  }

  percentiles(): Percentiles {
    const sorted = Float64Array.from(this.#values).toSorted()
    const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999) }
  }
}

/** Nanoseconds of the clock that all processes of the machine share (CLOCK_MONOTONIC). */
export function nowNs(): bigint {
  return process.hrtime.bigint()
}
