import type { Sent } from './closed-loop.ts'
import { percentiles, type Percentiles } from './percentiles.ts'

/** What a short bench came to; the deliveries' part only where they came to a sink of its own. */
export interface BenchReport {
  readonly to: string
  readonly seconds: number
  readonly connections: number
  readonly accepted: number
  readonly refused: number
  readonly acceptedPerSecond: number
  /** From an event's sending to its answer, in milliseconds. */
  readonly answer: Percentiles | undefined
  readonly delivered?: number
  readonly lost?: number
  /** From an event's sending to its arrival at the sink. */
  readonly arrival?: Percentiles | undefined
}

/** `arrivals`: how long each delivery was under way; undefined where the events went to others' sinks. */
export function benchReport(
  to: URL,
  connections: number,
  sent: Sent,
  arrivals: readonly number[] | undefined,
): BenchReport {
  const { accepted, refused, times, ms } = sent
  return {
    to: to.href,
    seconds: Math.round(ms / 100) / 10,
    connections,
    accepted,
    refused,
    acceptedPerSecond: Math.round((accepted / ms) * 1_000),
    answer: percentiles(times),
    ...(arrivals === undefined
      ? {}
      : {
          delivered: arrivals.length,
          lost: Math.max(0, accepted - arrivals.length),
          arrival: percentiles(arrivals),
        }),
  }
}

/** The report in words. */
export function reportLines(report: BenchReport): string[] {
  const { accepted, refused, acceptedPerSecond, answer, delivered, lost, arrival, connections } = report
  const lines = [
    `${accepted} events of 1 KB in ${report.seconds} s over ${connections} connections to ${report.to}`,
    `accepted   ${acceptedPerSecond} events/s; answered after ${inWords(answer)}`,
  ]
  if (refused > 0) lines.push(`refused    ${refused}`)
  if (delivered !== undefined)
    lines.push(`delivered  ${delivered}, lost ${lost}; arrived after ${inWords(arrival)}`)
  return lines
}

function inWords(times: Percentiles | undefined): string {
  if (times === undefined) return 'no time: there was none'
  const { p50, p99, p999 } = times
  return `${p50.toFixed(1)} ms (p50), ${p99.toFixed(1)} ms (p99), ${p999.toFixed(1)} ms (p99.9)`
}
