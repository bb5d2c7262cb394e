import { Counter, Gauge, type Metric } from 'prom-client'

/** What is counted of one source. */
export interface CountedSource {
  readonly namespace: string
  readonly kind: string
  readonly name: string
  readonly received: number
  readonly emitted: number
  readonly errors: ReadonlyMap<string, number>
  readonly lag: number | undefined
}

/** What sources took in, handed on and refused. */
export function sourceMetrics(sources: () => Iterable<CountedSource>): Metric[] {
  const labels = ['namespace', 'kind', 'name'] as const
  const received = new Counter({
    name: 'millrace_source_received_total',
    help: 'Requests to sources that are called, events that the others read.',
    labelNames: labels,
    registers: [],
    collect() {
      this.reset()
      for (const source of sources()) this.inc(labelsOf(source), source.received)
    },
  })
  const emitted = new Counter({
    name: 'millrace_source_emitted_total',
    help: 'Events of sources that were accepted; those that the store had already are not counted.',
    labelNames: labels,
    registers: [],
    collect() {
      this.reset()
      for (const source of sources()) this.inc(labelsOf(source), source.emitted)
    },
  })
  const errors = new Counter({
    name: 'millrace_source_errors_total',
    help: 'What sources could not take, by reason: signature, malformed, too_large, store, upstream.',
    labelNames: [...labels, 'reason'],
    registers: [],
    collect() {
      this.reset()
      for (const source of sources())
        for (const [reason, count] of source.errors) this.inc({ ...labelsOf(source), reason }, count)
    },
  })
  const lag = new Gauge({
    name: 'millrace_source_lag',
    help: 'How many messages a source is behind upstream.',
    labelNames: labels,
    registers: [],
    collect() {
      this.reset()
      for (const source of sources()) if (source.lag !== undefined) this.set(labelsOf(source), source.lag)
    },
  })
  return [received, emitted, errors, lag]
}

function labelsOf({ namespace, kind, name }: CountedSource) {
  return { namespace, kind, name }
}
