import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  compile,
  isSink,
  knownSinks,
  loadManifests,
  type Compilation,
  type CompileOptions,
  type Resource,
} from '@millrace/resources'
import type { Storage } from '@millrace/storage'
import { createAccept } from './accept.ts'
import { createAdmission } from './admission.ts'
import { archivesOf } from './archived-routes.ts'
import { completeConfig } from './complete-config.ts'
import { countOrphaned } from './count-orphaned.ts'
import { storageLimits, type Addresses, type ServerConfig, type ServerSettings } from './config.ts'
import { AdminServer } from './control/admin-server.ts'
import { ManifestControl, type ReloadReport } from './control/manifest-control.ts'
import { routeIdentity } from './control/route-identity.ts'
import { readOnce } from './control/read-once.ts'
import { Delivery } from './delivery/delivery.ts'
import { EgressRules } from './egress/egress-rules.ts'
import { connectionCap, defaultMaxInFlight, openFileLimit } from './file-limit.ts'
import { Flow, LiveTopology } from './flow.ts'
import { IngressServer } from './ingress/ingress-server.ts'
import { Holders } from './holders.ts'
import type { Logger } from 'pino'
import { createChannels, type Channels } from './observability/channels.ts'
import { Metrics } from './observability/metrics/metrics.ts'
import { jobWorker } from './jobs/job-worker.ts'
import { orphansJob } from './jobs/orphans-job.ts'
import { redriveJob } from './jobs/redrive-job.ts'
import { retentionJob } from './jobs/retention-job.ts'
import { LogLines } from './observability/log-lines.ts'
import { createLog } from './observability/log.ts'
import { startTracing } from './observability/tracing/start-tracing.ts'
import { Pauses } from './pauses.ts'
import { redriveTopology } from './redrive-target.ts'
import { Peers } from './replicas/peers.ts'
import { Replicas } from './replicas/replicas.ts'
import { retention } from './retention.ts'
import { firstOf } from './find-kind.ts'
import { SinkFinder } from './sinks/sink-finder.ts'
import { SinkHost } from './sinks/sink-host.ts'
import { ProblemReports } from './sources/problem-reports.ts'
import { Upstream } from './sources/http-call.ts'
import { SourceCounters } from './sources/source-counters.ts'
import { SourceFinder } from './sources/source-finder.ts'
import { SourceHost } from './sources/source-host.ts'
import { systemClock } from './sources/system-clock.ts'
import { openStore, shownStore } from './storage-catalog.ts'
import { Supervisor } from './supervisor.ts'

/** A server that can be started once, and stopped. */
export interface MillraceServer extends AsyncDisposable {
  /** What it tells of its work. */
  readonly channels: Channels
  /**
   * Opens the store, reads the manifests and listens; resolves when events are accepted.
   * @throws {ManifestError} {UnknownStoreError} {EgressRuleError} {StorageOpenError}, or the system's error for a taken port
   */
  start(): Promise<Addresses>
  /** Drains: takes nothing more, lets attempts under way end, gives the rest back to the store. */
  stop(): Promise<void>
  /** Reads the manifests now. */
  reload(): Promise<ReloadReport>
}

/** The version of this package. */
export const version: string = readVersion()

/**
 * Makes a server of its parts, in the order in which an event passes them. It begins with `start`, and ends with
 * `stop` or its scope (`await using`). What is left out of the settings is as the command line has it. Nothing of
 * the process is touched: neither signals, nor its environment, nor its end.
 * @throws {SettingError} that names a setting
 */
export function createServer(settings: ServerSettings = {}): MillraceServer {
  const config = completeConfig(settings)
  const log = createLog(config.logLevel)
  const channels = createChannels()
  const lines = new LogLines(log, channels)
  const supervisor = new Supervisor(log)
  const stdin = config.stdin === undefined ? {} : { stdin: readOnce(config.stdin) }
  const finder = new SourceFinder(config.sourcesFrom ?? process.cwd())
  const sinkFinder = new SinkFinder()
  let running: Running | undefined
  let stopTracing: (() => Promise<void>) | undefined

  const manifests = new ManifestControl({
    files: config.files,
    read: () =>
      loadManifests(config.files, { env: config.env, findSource: firstOf(sinkFinder, finder), ...stdin }),
    compile: (resources) => compile(resources, compileOptions(config)),
    apply: async (compilation, resources) => {
      if (running === undefined)
        running = await begin({ config, channels, log, sinkFinder }, compilation, resources)
      else await enforce(running, channels, compilation, resources)
    },
    channels,
    log,
    now: Date.now,
  })

  return {
    channels,
    async start() {
      try {
        lines.start()
        stopTracing = await startTracing({ channels, env: config.env, version, log })
        await manifests.load()
        if (running === undefined) throw new Error('nothing was put in force')
        return await open(running)
      } catch (err) {
        await this.stop()
        throw err
      }
    },
    async stop() {
      const until = performance.now() + config.drainMs
      await running?.ingress?.stop(AbortSignal.timeout(config.drainMs))
      await running?.sources?.stop()
      await running?.delivery.stop(Math.max(0, until - performance.now()))
      await running?.sinks.stop()
      await running?.admin?.stop()
      await supervisor.stop()
      await running?.replicas?.stop()
      running?.unsubscribe()
      await running?.storage.close()
      running?.metrics?.stop()
      await stopTracing?.()
      lines.stop()
    },
    reload: () => manifests.reload(),
    [Symbol.asyncDispose]() {
      return this.stop()
    },
  }

  async function open(parts: Running): Promise<Addresses> {
    const { storage, flow, delivery, sinks } = parts
    let ingressUrl = ''
    const { accept, acceptEach } = createAccept({ flow, storage, windows: delivery.windows, channels })
    const counters = new SourceCounters()
    const sources = new SourceHost({
      parts: {
        storage,
        flow,
        accept: acceptEach,
        room: (routes, wanted) => delivery.readAhead.room(routes, wanted),
        clock: systemClock,
        upstream: new Upstream(egressRules(config)),
        counters,
        problems: new ProblemReports(counters, log),
        channels,
        log,
        publicUrl: config.publicUrl,
        holder: randomUUID(),
      },
      finder,
    })
    parts.sources = sources
    const ingress = new IngressServer({
      listen: config.listen,
      addressables: () => flow.current.entrances,
      accept: createAdmission({ flow, accept, now: Date.now }),
      webhook: (namespace, name) => sources.webhook(namespace, name),
      channels,
      log,
      limits: { bodyBytes: config.bodyLimitBytes, connections: parts.connections },
    })
    const metrics = new Metrics({
      channels,
      version,
      storage,
      sources: () => counters.all(),
      workers: () => supervisor.workers,
      addressableOf: (path) => flow.current.topology.addressables.get(path),
      entrances: () => flow.current.entrances.values(),
      routeOf: (number) => flow.current.routeOf(number),
      inFlight: () => delivery.inFlight(),
      circuits: () => delivery.circuits(),
      orphanOf: routeIdentity,
      now: Date.now,
    })
    parts.metrics = metrics
    let adminUrl = ''
    const { replicasDifferMs: patienceMs } = config
    const replicas = new Replicas({
      storage,
      peers: parts.peers,
      version,
      addresses: () => ({ ingress: ingressUrl, admin: adminUrl }),
      states: () => delivery.states(),
      log,
      now: Date.now,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    })
    parts.replicas = replicas
    const admin = new AdminServer({
      listen: config.admin,
      token: config.adminToken,
      version,
      pid: process.pid,
      storeUrl: shownStore(config.store),
      storage,
      ingressUrl: () => ingressUrl,
      reasons: () => reasons(parts, supervisor),
      manifests,
      routeOf: (number) => flow.current.routeOf(number),
      numberOf: (id) => flow.current.findNumber(id),
      routeState: (id) => delivery.routeState(id),
      turns: parts.holders,
      replicas,
      skipParked: (parked) => delivery.skip(parked),
      sources: {
        kinds: () => [...finder.kinds, ...knownSinks],
        columnsOf: (kind) => [...finder.columnsOf(kind), ...sinkFinder.columnsOf(kind)],
        statusOf: (resource, compiled) =>
          isSink(resource) ? sinks.statusOf(resource, compiled) : sources.statusOf(resource, compiled),
      },
      channels,
      metrics,
      pauses: parts.pauses,
      resetSource: (source, to, apply) => sources.reset(source, to, apply),
      log,
    })
    parts.admin = admin
    adminUrl = await admin.start()
    parts.ingress = ingress
    const archives = () => archivesOf(flow.current.topology)
    const topology = redriveTopology(
      (number) => flow.current.routeOf(number),
      () => flow.current.topology,
    )
    const orphans = orphansJob({ storage })
    const jobs = jobWorker({
      storage,
      runs: {
        redrive: redriveJob({ storage, topology }),
        'drop-orphans': orphans,
        'redirect-orphans': orphans,
        retention: retentionJob({ storage, archives, log, now: Date.now }),
      },
    })
    for (const worker of [
      ...delivery.workers,
      manifests,
      jobs,
      retention({ storage, archives, now: Date.now }),
    ])
      supervisor.start(worker)
    sources.apply(manifests.state?.resources ?? [])
    ingressUrl = await ingress.start()
    sources.start()
    replicas.apply(manifests.state?.resources ?? [])
    replicas.start()
    return { ingress: ingressUrl, admin: adminUrl }
  }
}

interface Running {
  readonly storage: Storage
  readonly flow: Flow
  readonly delivery: Delivery
  readonly sinks: SinkHost
  readonly pauses: Pauses
  readonly peers: Peers
  readonly holders: Holders
  /** The most that ingress holds at once. */
  readonly connections: number
  /** No more is said of the store's health: it is about to be closed. */
  readonly unsubscribe: () => void
  replicas?: Replicas
  sources?: SourceHost
  ingress?: IngressServer
  metrics?: Metrics
  admin?: AdminServer
}

interface Beginning {
  readonly config: ServerConfig
  readonly channels: Channels
  readonly log: Logger
  readonly sinkFinder: SinkFinder
}

/** Opens the store and puts the first topology in force. */
async function begin(
  { config, channels, log, sinkFinder }: Beginning,
  { topology }: Compilation,
  resources: readonly Resource[],
): Promise<Running> {
  const egress = egressRules(config)
  const storage = await openStore(config.store, {
    reserveBytes: config.storeReserveBytes,
    limits: storageLimits(config),
    ...(config.redisWait === undefined ? {} : { redisWait: config.redisWait }),
    ...(config.redisSync === undefined ? {} : { redisSync: config.redisSync }),
  })
  const sinks = new SinkHost({ finder: sinkFinder, clock: systemClock, log })
  try {
    const { durability } = await storage.info()
    log.info({ store: shownStore(config.store), durability }, 'the store is open')
    const live = new LiveTopology(topology, await storage.routes.register([...topology.routes.keys()]))
    const flow = new Flow(live)
    const openFiles = openFileLimit()
    const maxInFlight = config.maxInFlight ?? defaultMaxInFlight(openFiles)
    const connections = connectionCap(openFiles, maxInFlight)
    const { bodyLimitBytes } = config
    const pauses = await Pauses.open(storage, (err) => {
      log.error({ err }, 'what is paused could not be read')
    })
    sinks.apply(resources)
    const delivery = new Delivery({
      storage,
      flow,
      sinks,
      maxInFlight,
      bodyLimitBytes,
      egress,
      channels,
      isPaused: (route) => pauses.has(route),
      log,
    })
    await delivery.apply(live)
    pauses.follow(() => delivery.repause())
    const unsubscribe = storage.subscribe({
      health: (health) => log.warn({ health }, 'the state of the store has changed'),
    })
    const peers = new Peers(storage, (err) => {
      log.error({ err }, 'a question of another process could not be answered')
    })
    await peers.tidy()
    const holders = new Holders(peers, delivery)
    return { storage, flow, delivery, sinks, pauses, peers, holders, connections, unsubscribe }
  } catch (err) {
    await sinks.stop()
    await storage.close()
    throw err
  }
}

/** Swaps the topology: from here on events are routed by the new one. */
async function enforce(
  { storage, flow, delivery, sinks, sources, replicas }: Running,
  channels: Channels,
  { topology }: Compilation,
  resources: readonly Resource[],
): Promise<void> {
  const before = flow.current
  const numbers = await storage.routes.register([...topology.routes.keys()])
  const live = new LiveTopology(topology, numbers, before)
  const counted = countOrphaned(before, live, (id) => delivery.routeState(id).inFlight, storage, channels)
  sinks.apply(resources)
  // one step: what is routed by the new topology finds its windows
  flow.swap(live)
  await Promise.all([delivery.apply(live), counted])
  sources?.apply(resources)
  replicas?.apply(resources)
}

/** Why the server is not ready. A sink that is down is no reason. */
function reasons({ storage, delivery }: Running, supervisor: Supervisor): string[] {
  const found: string[] = []
  const { health } = storage
  if (health.kind !== 'ok') found.push(`store ${health.kind}: ${health.detail}`)
  for (const [worker, reason] of supervisor.down) found.push(`worker ${worker} is down: ${reason}`)
  if (delivery.stuck !== undefined) found.push(delivery.stuck)
  return found
}

function egressRules({ egressDeny, egressAllow }: ServerConfig): EgressRules {
  return new EgressRules({
    ...(egressDeny === undefined ? {} : { deny: egressDeny }),
    ...(egressAllow === undefined ? {} : { allow: egressAllow }),
  })
}

function compileOptions({ serviceUrlTemplate, unresolvedTo, publicUrl }: ServerConfig): CompileOptions {
  return {
    ...(serviceUrlTemplate === undefined ? {} : { serviceUrlTemplate }),
    ...(unresolvedTo === undefined ? {} : { unresolvedTo }),
    ...(publicUrl === undefined ? {} : { ingressUrl: publicUrl }),
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (manifest as { version: string }).version
}
