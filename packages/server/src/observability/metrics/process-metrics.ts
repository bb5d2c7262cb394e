import { Counter, Gauge, type Metric } from 'prom-client'

/** What runs, and what it takes of the machine; names as Prometheus' own clients give them. */
export function processMetrics(version: string): Metric[] {
  const build = new Gauge({
    name: 'millrace_build_info',
    help: 'Always 1; its label is the version.',
    labelNames: ['version'],
    registers: [],
  })
  build.set({ version }, 1)
  const start = new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process began, seconds since the epoch.',
    registers: [],
  })
  start.set(Date.now() / 1_000 - process.uptime())
  const memory = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process holds.',
    registers: [],
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, user and system.',
    registers: [],
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1_000_000)
    },
  })
  return [build, start, memory, cpu]
}
