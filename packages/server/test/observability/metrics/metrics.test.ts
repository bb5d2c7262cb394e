import { describe, expect, test } from 'vitest'
import type { Addressable, EventRecord, Route } from '@millrace/core'
import { memoryStorage, type Storage } from '@millrace/storage'
import { routeIdentity } from '../../../src/control/route-identity.ts'
import { createChannels } from '../../../src/observability/channels.ts'
import type { CircuitCount } from '../../../src/observability/metrics/circuit-series.ts'
import { Metrics } from '../../../src/observability/metrics/metrics.ts'
import { brokerWith, compiled } from '../../topology-of.ts'

const { topology } = await compiled(brokerWith('shop', ['first', 'second', 'idle']))
const addressable = topology.addressables.get('/shop/default') as Addressable
const [first, second] = addressable.routes as [Route, Route]
const record: EventRecord = {
  event: {
    attributes: { specversion: '1.0', id: '1', source: '/s', type: 't' },
    data: undefined,
    dataForm: 'binary',
  },
  headers: {},
  acceptedAt: 0,
}
const broker = 'namespace="shop",kind="Broker",name="default"'
const ofFirst = `${broker},trigger="first"`

/** Metrics over a store in memory that knows the routes of the topology, by their numbers. */
async function start(options: { now?: number; storage?: Partial<Storage> } = {}) {
  const { now = 100_000 } = options
  const channels = createChannels()
  const storage = memoryStorage({ now: () => 0 })
  const numbers = await storage.routes.register([...topology.routes.keys()])
  const byNumber = new Map([...numbers].map(([id, number]) => [number, topology.routes.get(id)]))
  const inFlight: [Route, number][] = []
  const circuits: CircuitCount[] = []
  const workers = new Map([['claimer', true]])
  const metrics = new Metrics({
    channels,
    version: '1.2.3',
    storage: Object.assign(storage, options.storage),
    sources: () => [],
    workers: () => workers,
    addressableOf: (path) => topology.addressables.get(path),
    entrances: () => topology.addressables.values(),
    routeOf: (number) => byNumber.get(number),
    inFlight: () => inFlight,
    circuits: () => circuits,
    orphanOf: routeIdentity,
    now: () => now,
  })
  return {
    channels,
    storage,
    inFlight,
    circuits,
    workers,
    number: (route: Route) => numbers.get(route.id) ?? 0,
    scrape: async (): Promise<string[]> => {
      let text = ''
      for await (const piece of metrics.text()) text += piece
      return text.split('\n')
    },
    [Symbol.dispose]: () => metrics.stop(),
  }
}

function attempted(channels: ReturnType<typeof createChannels>, fields: object = {}): void {
  channels.deliveryAttempted.publish({
    route: first,
    record,
    delivery: '1',
    attempt: 1,
    outcome: 'delivered',
    code: 202,
    destination: 'http://127.0.0.1:9/first',
    ms: 30,
    ...fields,
  })
}

test('circuits are told of routes that have one, open or not', async () => {
  using metrics = await start()
  metrics.circuits.push(
    { route: first, isOpen: true, opened: 3 },
    { route: second, isOpen: false, opened: 0 },
  )
  expect(await metrics.scrape()).toEqual(
    expect.arrayContaining([
      `millrace_circuit_open{${ofFirst}} 1`,
      `millrace_circuit_open{${broker},trigger="second"} 0`,
      `millrace_circuit_opened_total{${ofFirst}} 3`,
    ]),
  )
})

describe('events', () => {
  test('are counted by addressable, from 0 on', async () => {
    using fixture = await start()
    const { channels, scrape } = fixture
    expect(await scrape()).toContain(`millrace_events_accepted_total{${broker}} 0`)
    channels.eventAccepted.publish({ addressable, record, matched: [first] })
    channels.eventAccepted.publish({ addressable, record, matched: [] })
    channels.eventUnmatched.publish({ addressable, record })
    channels.eventDuplicate.publish({ addressable, record })
    const lines = await scrape()
    expect(lines).toContain(`millrace_events_accepted_total{${broker}} 2`)
    expect(lines).toContain(`millrace_events_unmatched_total{${broker}} 1`)
    expect(lines).toContain(`millrace_events_duplicate_total{${broker}} 1`)
  })

  test('of the parts of a flow count for the flow, in one series', async () => {
    using fixture = await start()
    const { channels, scrape } = fixture
    const part: Addressable = { ...addressable, path: '/shop/default/steps/1', owner: addressable.path }
    channels.eventAccepted.publish({ addressable, record, matched: [first] })
    channels.eventAccepted.publish({ addressable: part, record, matched: [first] })
    attempted(channels)
    attempted(channels, { route: { ...first, addressable: part.path } })
    const series = (await scrape()).filter((line) => line !== '' && !line.startsWith('#'))
    expect(series).toContain(`millrace_events_accepted_total{${broker}} 2`)
    expect(series).toContain(`millrace_attempt_duration_seconds_count{${broker}} 2`)
    const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')))
    expect(names).toEqual([...new Set(names)])
  })

  test('that are rejected are counted by code; an unknown path has empty labels', async () => {
    using fixture = await start()
    const { channels, scrape } = fixture
    const problem = { status: 400, detail: '' }
    channels.eventRejected.publish({
      path: '/shop/default',
      addressable,
      code: 'missing-attribute',
      ...problem,
    })
    channels.eventRejected.publish({
      path: '/a',
      addressable: undefined,
      code: 'no-such-addressable',
      ...problem,
    })
    channels.eventRejected.publish({
      path: '/b',
      addressable: undefined,
      code: 'no-such-addressable',
      ...problem,
    })
    const lines = await scrape()
    expect(lines).toContain(`millrace_events_rejected_total{${broker},code="missing-attribute"} 1`)
    expect(lines).toContain(
      'millrace_events_rejected_total{namespace="",kind="",name="",code="no-such-addressable"} 2',
    )
  })
})

describe('deliveries', () => {
  test('are counted by route, result and where they went', async () => {
    using fixture = await start()
    const { channels, scrape } = fixture
    const sink: Route = { ...first, id: `${first.id}-dead`, role: 'deadletter' }
    const end = { record, delivery: '1', attempts: 1, ms: 40 }
    channels.deliverySettled.publish({ route: first, outcome: 'delivered', ...end })
    channels.deliverySettled.publish({ route: first, outcome: 'dead', ...end })
    channels.deliverySettled.publish({ route: sink, outcome: 'delivered', ...end })
    channels.deliveriesRemoved.publish({ route: second, result: 'orphaned', count: 7 })
    channels.deliveriesRemoved.publish({ route: second, result: 'cancelled', count: 2 })
    const ofSecond = `${broker},trigger="second"`
    expect((await scrape()).filter((line) => line.startsWith('millrace_deliveries_total'))).toEqual([
      `millrace_deliveries_total{${ofFirst},to="subscriber",result="delivered"} 1`,
      `millrace_deliveries_total{${ofFirst},to="subscriber",result="dead"} 1`,
      `millrace_deliveries_total{${ofFirst},to="deadletter",result="delivered"} 1`,
      `millrace_deliveries_total{${ofFirst},to="deadletter",result="dead"} 0`,
      `millrace_deliveries_total{${ofSecond},to="subscriber",result="delivered"} 0`,
      `millrace_deliveries_total{${ofSecond},to="subscriber",result="dead"} 0`,
      `millrace_deliveries_total{${ofSecond},to="subscriber",result="orphaned"} 7`,
      `millrace_deliveries_total{${ofSecond},to="subscriber",result="cancelled"} 2`,
    ])
  })

  test('have their attempts counted by outcome and status, timeout or connection', async () => {
    using fixture = await start()
    const { channels, scrape } = fixture
    attempted(channels)
    attempted(channels, { outcome: 'retry', code: 503 })
    attempted(channels, {
      outcome: 'retry',
      code: undefined,
      error: 'timeout after 5 ms',
      failure: 'timeout',
    })
    attempted(channels, { outcome: 'dead', code: undefined, error: 'ECONNREFUSED', failure: 'connection' })
    attempted(channels, { outcome: 'retry', code: 503 })
    expect((await scrape()).filter((line) => line.startsWith('millrace_attempts_total'))).toEqual([
      `millrace_attempts_total{${ofFirst},to="subscriber",outcome="delivered",code="202"} 1`,
      `millrace_attempts_total{${ofFirst},to="subscriber",outcome="retry",code="503"} 2`,
      `millrace_attempts_total{${ofFirst},to="subscriber",outcome="retry",code="timeout"} 1`,
      `millrace_attempts_total{${ofFirst},to="subscriber",outcome="dead",code="connection"} 1`,
    ])
  })

  test('have histograms by addressable: of requests, and from accepted to delivered', async () => {
    using fixture = await start()
    const { channels, scrape } = fixture
    attempted(channels)
    const end = { record, delivery: '1', attempts: 2, ms: 4_000 }
    channels.deliverySettled.publish({ route: first, outcome: 'delivered', ...end })
    channels.deliverySettled.publish({ route: first, outcome: 'dead', ...end })
    const lines = await scrape()
    expect(lines).toContain(`millrace_attempt_duration_seconds_bucket{${broker},le="0.025"} 0`)
    expect(lines).toContain(`millrace_attempt_duration_seconds_bucket{${broker},le="0.05"} 1`)
    expect(lines).toContain(`millrace_delivery_duration_seconds_bucket{${broker},le="2.5"} 0`)
    expect(lines).toContain(`millrace_delivery_duration_seconds_bucket{${broker},le="+Inf"} 1`)
    expect(lines).toContain(`millrace_delivery_duration_seconds_sum{${broker}} 4`)
    expect(lines).toContain(`millrace_delivery_duration_seconds_count{${broker}} 1`)
  })
})

describe('what waits', () => {
  test('comes from the store: waiting is what is not in flight; the oldest has an age', async () => {
    using fixture = await start()
    const { storage, inFlight, number, scrape } = fixture
    const item = { owner: '/shop/default', to: [{ route: number(first), lease: false }] }
    await storage.append([
      { ...item, record: new Uint8Array(8) },
      { ...item, record: new Uint8Array(8) },
      { ...item, record: new Uint8Array(8) },
    ])
    inFlight.push([first, 1])
    const lines = await scrape()
    expect(lines).toContain(`millrace_deliveries_waiting{${ofFirst}} 2`)
    expect(lines).toContain(`millrace_deliveries_in_flight{${ofFirst}} 1`)
    expect(lines).toContain(`millrace_delivery_oldest_seconds{${ofFirst}} 100`)
    expect(lines).toContain(`millrace_dead_letters{${ofFirst}} 0`)
  })

  test('is 0 where there was traffic; a trigger that has had none has no series', async () => {
    using fixture = await start()
    attempted(fixture.channels)
    const lines = await fixture.scrape()
    expect(lines).toContain(`millrace_deliveries_waiting{${ofFirst}} 0`)
    expect(lines).toContain(`millrace_delivery_oldest_seconds{${ofFirst}} 0`)
    expect(lines.filter((line) => line.includes('trigger="idle"'))).toEqual([])
  })

  test('is told of orphans too, by what their identity says', async () => {
    using fixture = await start()
    const { storage, scrape } = fixture
    const numbers = await storage.routes.register(['/shop/gone|Trigger|shop/old|subscriber'])
    const to = [{ route: [...numbers.values()][0] ?? 0, lease: false }]
    await storage.append([{ owner: '/shop/gone', to, record: new Uint8Array(8) }])
    await storage.routes.register([])
    expect(await scrape()).toContain(
      'millrace_deliveries_waiting{namespace="shop",kind="",name="gone",trigger="old"} 1',
    )
  })
})

describe('the rest', () => {
  test('has the store, the workers and the process', async () => {
    using fixture = await start({
      storage: { info: async () => ({ durability: 'none', bytes: 5, walBytes: 3 }) },
    })
    const { channels, workers, scrape } = fixture
    workers.set('manifests', false)
    channels.storeCommitted.publish({ ms: 2 })
    const lines = await scrape()
    expect(lines).toContain('millrace_store_bytes 5')
    expect(lines).toContain('millrace_store_wal_bytes 3')
    expect(lines).toContain('millrace_store_commit_duration_seconds_bucket{le="0.0025"} 1')
    expect(lines).toContain('millrace_store_commit_duration_seconds_count 1')
    expect(lines).toContain('millrace_worker_up{worker="claimer"} 1')
    expect(lines).toContain('millrace_worker_up{worker="manifests"} 0')
    expect(lines).toContain('millrace_build_info{version="1.2.3"} 1')
    expect(lines.filter((line) => line.startsWith('process_cpu_seconds_total '))).toHaveLength(1)
  })

  test('is told while the store is away', async () => {
    const away = (): Promise<never> => Promise.reject(new Error('away'))
    using fixture = await start({ storage: { stats: away, info: away } })
    attempted(fixture.channels)
    const lines = await fixture.scrape()
    expect(lines).toContain(
      `millrace_attempts_total{${ofFirst},to="subscriber",outcome="delivered",code="202"} 1`,
    )
    expect(lines.filter((line) => line.startsWith('millrace_store_bytes'))).toEqual([])
  })

  test('escapes what stands in labels', async () => {
    using fixture = await start()
    const route = { ...first, id: 'odd', name: 'a"b\\c' }
    attempted(fixture.channels, { route })
    const text = (await fixture.scrape()).join('\n')
    expect(text).toContain(String.raw`trigger="a\"b\\c"`)
  })
})
