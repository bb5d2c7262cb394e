import { Registry } from 'prom-client'
import type { Addressable, Route } from '@millrace/core'
import type { RouteNumber, RouteStats, Storage, StorageInfo } from '@millrace/storage'
import type { Channels } from '../channels.ts'
import { backlogFamilies, type LabelledRoute } from './backlog-series.ts'
import { circuitFamilies, type CircuitCount } from './circuit-series.ts'
import { DeliverySeries } from './delivery-series.ts'
import { EventSeries } from './event-series.ts'
import { exposition } from './exposition.ts'
import { processMetrics } from './process-metrics.ts'
import { sourceMetrics, type CountedSource } from './source-metrics.ts'
import { StoreSeries } from './store-series.ts'
import { workerMetrics } from './worker-metrics.ts'

/** A store that does not answer must not cost the scrape all that it would tell besides. */
const storeAnswersMs = 2_000

export interface MetricsOptions {
  readonly channels: Channels
  readonly version: string
  readonly storage: Pick<Storage, 'stats' | 'info' | 'routes'>
  /** What is counted of each source. */
  readonly sources: () => Iterable<CountedSource>
  /** Whether each worker is up. */
  readonly workers: () => ReadonlyMap<string, boolean>
  readonly addressableOf: (path: string) => Addressable | undefined
  /** What events can be sent to. */
  readonly entrances: () => Iterable<Addressable>
  readonly routeOf: (number: RouteNumber) => Route | undefined
  /** Routes that have attempts under way, with their number. */
  readonly inFlight: () => readonly (readonly [Route, number])[]
  /** Of the routes that have one. */
  readonly circuits: () => readonly CircuitCount[]
  /** What an orphan's identity says. */
  readonly orphanOf: (routeId: string) => LabelledRoute
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * The metrics of one server, in the text format of Prometheus. What is counted for each event, and what
 * there is for each of ten thousand triggers, is kept in series of our own, which cost a counter no more
 * than an addition and are written in slices; everything else is prom-client's.
 */
export class Metrics {
  /** For whatever has few series and changes seldom. */
  readonly registry = new Registry()
  readonly #options: MetricsOptions
  readonly #events: EventSeries
  readonly #deliveries: DeliverySeries
  readonly #store = new StoreSeries()
  readonly #ends: (() => void)[]

  constructor(options: MetricsOptions) {
    const { channels, addressableOf, entrances, workers, sources, version } = options
    this.#options = options
    this.#events = new EventSeries(addressableOf, entrances)
    this.#deliveries = new DeliverySeries(addressableOf)
    this.#ends = [this.#events, this.#deliveries, this.#store].map((series) => series.follow(channels))
    // one file for each group, and one place where they are registered
    for (const metric of [...processMetrics(version), ...workerMetrics(workers), ...sourceMetrics(sources)])
      this.registry.registerMetric(metric)
  }

  get contentType(): string {
    return this.registry.contentType
  }

  /** Counts no more. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end()
  }

  /** One scrape, piece by piece. */
  async *text(): AsyncGenerator<string> {
    const { inFlight, addressableOf, circuits, now } = this.#options
    const [stats, info] = await Promise.all([this.#stats(), this.#info()])
    const routeOf = await this.#names(stats)
    const triggers = this.#deliveries.triggers()
    yield* exposition([
      ...this.#events.families(),
      ...this.#deliveries.families(),
      ...backlogFamilies({ stats, inFlight: inFlight(), routeOf, addressableOf, triggers, now: now() }),
      ...circuitFamilies(circuits(), addressableOf),
      ...this.#store.families(info),
    ])
    yield this.registry.metrics()
  }

  /** Routes by number, those of orphans too. */
  async #names(stats: readonly RouteStats[]): Promise<(number: RouteNumber) => LabelledRoute | undefined> {
    const { storage, routeOf, orphanOf } = this.#options
    if (stats.every(({ route }) => routeOf(route) !== undefined)) return routeOf
    const registered = await answer(storage.routes.list(), [])
    const orphans = new Map(registered.map(({ route, id }) => [route, id]))
    return (number) => {
      const id = orphans.get(number)
      return routeOf(number) ?? (id === undefined ? undefined : orphanOf(id))
    }
  }

  #stats(): Promise<readonly RouteStats[]> {
    return answer(this.#options.storage.stats(), [])
  }

  #info(): Promise<Partial<StorageInfo>> {
    return answer<Partial<StorageInfo>>(this.#options.storage.info(), {})
  }
}

/** What the store says, or `otherwise` where it is away. */
async function answer<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  const { promise: late, resolve } = Promise.withResolvers<T>()
  const timer = setTimeout(() => resolve(otherwise), storeAnswersMs)
  try {
    return await Promise.race([asked, late])
  } catch {
    return otherwise
  } finally {
    clearTimeout(timer)
  }
}
