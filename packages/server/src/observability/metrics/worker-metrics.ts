import { Gauge, type Metric } from 'prom-client'

/** Whether each supervised worker runs. */
export function workerMetrics(workers: () => ReadonlyMap<string, boolean>): Metric[] {
  const up = new Gauge({
    name: 'millrace_worker_up',
    help: 'Whether a worker of the server runs (1) or has failed and waits to be started again (0).',
    labelNames: ['worker'],
    registers: [],
    collect() {
      for (const [worker, isUp] of workers()) this.set({ worker }, isUp ? 1 : 0)
    },
  })
  return [up]
}
