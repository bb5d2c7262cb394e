import { fastify, type FastifyError, type FastifyInstance } from 'fastify'
import type { Route, Topology } from '@millrace/core'
import { StorageError, type ParkedKey, type RouteNumber, type Storage } from '@millrace/storage'
import { requireTokenBeyondLoopback } from './admin-address.ts'
import { adminGuard } from './admin-guard.ts'
import { refuse, type AdminProblemCode } from './admin-problems.ts'
import type { Channels } from '../observability/channels.ts'
import { redriveTopology } from '../redrive-target.ts'
import type { RouteState } from '../replicas/route-state.ts'
import type { ConditionTimes } from './condition-times.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { deliveryRoutes } from './delivery-routes.ts'
import { healthRoutes, type Reasons } from './health-routes.ts'
import type { Turns } from './in-turn.ts'
import { jobRoutes } from './job-routes.ts'
import { keyRoutes } from './key-routes.ts'
import type { ManifestState } from './manifest-control.ts'
import { metricsRoute, type Scraped } from './metrics-route.ts'
import { orphanRoutes } from './orphan-routes.ts'
import { sourceRoutes, type SourceRoutesOptions } from './source-routes.ts'
import { pauseRoutes, type PauseRoutesOptions } from './pause-routes.ts'
import { processRoutes, type ProcessesView } from './process-routes.ts'
import { resourceRoutes } from './resource-routes.ts'
import { serverRoute } from './server-route.ts'
import type { SourcesView } from './sources-view.ts'
import { tailRoute } from './tail-route.ts'
import { Tail } from './tail.ts'

export interface AdminOptions {
  readonly listen: { readonly host: string; readonly port: number }
  /** What changes anything needs it. */
  readonly token?: string | undefined
  readonly version: string
  readonly pid: number
  readonly storeUrl: string
  readonly storage: Pick<
    Storage,
    | 'archive'
    | 'attempts'
    | 'deadLetters'
    | 'deliveries'
    | 'health'
    | 'info'
    | 'jobs'
    | 'parked'
    | 'routes'
    | 'stats'
  >
  /** Where ingress is reached, once it listens. */
  readonly ingressUrl: () => string
  /** Why the server is not ready; empty: it is. */
  readonly reasons: Reasons
  /** What is in force. */
  readonly manifests: { readonly state: ManifestState | undefined; readonly times: ConditionTimes }
  /** The route of a number in the topology in force, and the reverse. */
  readonly routeOf: (number: RouteNumber) => Route | undefined
  readonly numberOf: (routeId: string) => RouteNumber | undefined
  readonly routeState: (routeId: string) => RouteState
  readonly turns: Turns
  /** This process and the others on the store. */
  readonly replicas: ProcessesView
  readonly sources: SourcesView
  /** What `tail` follows. */
  readonly channels: Channels
  readonly metrics: Scraped
  /** Makes the head of a parked key a dead letter; `false`: it was no longer the head. */
  readonly skipParked: (parked: ParkedKey) => Promise<boolean>
  readonly pauses: PauseRoutesOptions['pauses']
  /** Moves the position of a source. */
  readonly resetSource: SourceRoutesOptions['reset']
  readonly log: { error(fields: object, message: string): void }
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

const bodyLimitBytes = 1024 * 1024
const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000

/** The admin port: health, and the Admin API that the command line speaks. */
export class AdminServer {
  readonly #options: AdminOptions
  readonly #app: FastifyInstance
  #url = ''

  constructor(options: AdminOptions) {
    this.#options = options
    this.#app = this.#createApp()
  }

  /**
   * Listens; resolves with the URL. Rejects where the port is taken.
   * @throws {OpenAdminError} where the address is not loopback and there is no token
   */
  async start(): Promise<string> {
    const { listen, token } = this.#options
    requireTokenBeyondLoopback(listen.host, token)
    this.#url = await this.#app.listen({ host: listen.host, port: listen.port })
    return this.#url
  }

  /** Finishes what is under way and closes. */
  async stop(): Promise<void> {
    await this.#app.close()
  }

  #createApp(): FastifyInstance {
    const { token, log, reasons, storage, manifests, ingressUrl, now = Date.now } = this.#options
    const {
      version,
      pid,
      storeUrl,
      routeOf,
      numberOf,
      routeState,
      turns,
      sources,
      channels,
      metrics,
      replicas,
    } = this.#options
    const app = fastify({
      bodyLimit: bodyLimitBytes,
      requestTimeout: requestTimeoutMs,
      http: { headersTimeout: headersTimeoutMs },
      forceCloseConnections: 'idle',
    })
    // JSON only: a form on some web page can send plain text to this port without asking first
    app.removeContentTypeParser('text/plain')
    app.setErrorHandler((error: FastifyError | StorageError, _request, reply) => {
      if (error instanceof StorageError) return refuse(reply, 'admin-store-unavailable', error.message)
      const refusal = refusalOf(error.statusCode)
      if (refusal !== undefined) return refuse(reply, refusal, error.message)
      log.error({ err: error }, 'a request to the admin port failed unexpectedly')
      return refuse(
        reply,
        'admin-internal',
        'the request was not carried out; the log of the server says why',
      )
    })
    app.setNotFoundHandler((request, reply) => {
      refuse(
        reply,
        'admin-not-found',
        `there is no ${request.method} ${request.url.slice(0, 140)} on the admin port; events are sent to ${ingressUrl()}`,
      )
    })
    healthRoutes(app, reasons)
    app.register((api, _options, done) => {
      api.addHook('onRequest', adminGuard(token))
      const addresses = (): { ingress: string; admin: string } => ({
        ingress: ingressUrl(),
        admin: this.#url,
      })
      const report = () => manifests.state?.report
      metricsRoute(api, metrics)
      serverRoute(api, { version, pid, addresses, storeUrl, storage, report })
      resourceRoutes(api, {
        state: () => manifests.state,
        times: manifests.times,
        storage,
        ingressUrl,
        live: { numberOf, routeState },
        sources,
        replicas,
      })
      processRoutes(api, replicas)
      orphanRoutes(api, { storage })
      sourceRoutes(api, {
        resources: () => manifests.state?.resources ?? [],
        reset: this.#options.resetSource,
      })
      pauseRoutes(api, { resources: () => manifests.state?.resources ?? [], pauses: this.#options.pauses })
      const topology = (): Topology | undefined => manifests.state?.compilation.topology
      const redrives = redriveTopology(routeOf, topology)
      deadLetterRoutes(api, { storage, topology: redrives, now })
      jobRoutes(api, { storage, now })
      const isPaused = (id: string): boolean => routeState(id).paused
      deliveryRoutes(api, { storage, routeOf, isPaused, turns, channels, now })
      keyRoutes(api, { storage, routeOf, isPaused, skip: this.#options.skipParked, now })
      eventRoutes(api, {
        storage,
        topology,
        routeOf,
        routeState,
        turns,
        now,
      })
      tailRoute(api, new Tail({ channels, ownerOf: redrives.ownerOf, now }))
      done()
    })
    return app
  }
}

/** What fastify found wrong with a request; undefined: it is not the request's fault. */
function refusalOf(status: number | undefined): AdminProblemCode | undefined {
  if (status === 413) return 'admin-too-large'
  if (status === 415) return 'admin-media-type'
  return status !== undefined && status < 500 ? 'admin-bad-request' : undefined
}
