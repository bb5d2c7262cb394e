import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { fastify, type FastifyInstance } from 'fastify'
import type { Addressable, EventRecord, Problem } from '@millrace/core'
import type { Channels } from '../observability/channels.ts'
import type { FindWebhook } from '../webhooks.ts'
import { problemAnswer, send, sendEarly, type Answer } from './answer.ts'
import { BodyBudget } from './body-budget.ts'
import { answerClientError } from './client-error.ts'
import { connectionOf, type Connection } from './connection.ts'
import { EventEndpoint, type Accepted } from './event-endpoint.ts'
import { findAddressable } from './find-addressable.ts'
import { framingProblem } from './framing.ts'
import { IngressLoad } from './ingress-load.ts'
import { defaultLimits, type IngressLimits } from './limits.ts'
import { OpenConnections } from './open-connections.ts'
import { answerOtherMethod, noSuchAddressable } from './other-answers.ts'
import { requestPath } from './request-path.ts'
import { WebhookEndpoint } from './webhook-endpoint.ts'

export interface IngressOptions {
  readonly listen: { readonly host: string; readonly port: number }
  /** What events can be sent to now, by path. */
  readonly addressables: () => ReadonlyMap<string, Addressable>
  readonly accept: (addressable: Addressable, records: readonly EventRecord[]) => Promise<Accepted>
  readonly channels: Channels
  readonly log: { error(fields: object, message: string): void }
  readonly limits?: Partial<IngressLimits>
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Sources that are called at `/sources/<namespace>/<name>`; none where left out. */
  readonly webhook?: FindWebhook
}

/**
 * The ingress port. Requests for an addressable are answered by our own handler, before fastify sees
 * them (a fastify route costs 1.4 times as much); everything else on the port is fastify's.
 */
export class IngressServer {
  readonly #options: IngressOptions
  readonly #limits: IngressLimits
  readonly #budget: BodyBudget
  readonly #endpoint: EventEndpoint
  readonly #webhooks: WebhookEndpoint
  readonly #app: FastifyInstance
  /** More than one where the host is a name with several addresses. */
  readonly #servers: Server[] = []
  readonly #load = new IngressLoad()
  readonly #connections: OpenConnections<Connection>
  #url = ''
  #closing = false
  #drained: (() => void) | undefined

  constructor(options: IngressOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#connections = new OpenConnections(this.#limits.connections)
    this.#budget = new BodyBudget(this.#limits.budgetBytes)
    this.#endpoint = new EventEndpoint({
      accept: options.accept,
      channels: options.channels,
      budget: this.#budget,
      bodyBytes: this.#limits.bodyBytes,
      now: options.now ?? Date.now,
      closing: () => this.#closing,
      url: () => this.#url,
      log: options.log,
    })
    this.#webhooks = new WebhookEndpoint({
      find: options.webhook ?? (() => undefined),
      budget: this.#budget,
      bodyBytes: this.#limits.bodyBytes,
      closing: () => this.#closing,
      log: options.log,
    })
    this.#app = this.#createApp()
  }

  /** Listens; resolves with the URL. Rejects where the port is taken. */
  async start(): Promise<string> {
    const { host, port } = this.#options.listen
    this.#url = await this.#app.listen({ host, port })
    return this.#url
  }

  /**
   * Takes no more connections, finishes the requests that are under way (each answer says
   * `Connection: close`), and closes what is left; when the signal aborts, all at once.
   */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#closing = true
    const closed = this.#app.close()
    if (this.#load.served > 0 && !deadline.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#drained = resolve
      deadline.addEventListener('abort', () => resolve(), { once: true })
      await promise
    }
    for (const server of this.#servers) server.closeAllConnections()
    await closed
  }

  #createApp(): FastifyInstance {
    const app = fastify({
      serverFactory: (handler) => this.#createServer(handler),
      clientErrorHandler: (error, socket) => {
        const refused = answerClientError(error, socket)
        if (refused !== undefined) this.#announce('', refused)
      },
      frameworkErrors: (_error, request, reply) => {
        reply.hijack()
        this.#notFound(request.raw, reply.raw)
      },
    })
    // a request for nothing is answered by its path: its body is not looked at
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.setNotFoundHandler((request, reply) => {
      reply.hijack()
      this.#notFound(request.raw, reply.raw)
    })
    return app
  }

  #createServer(handler: (request: IncomingMessage, response: ServerResponse) => void): Server {
    const limits = this.#limits
    const server = createServer({
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      // node would answer that itself, and go on with what comes behind
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    })
    // node would leave out headers beyond 2,000 without a word; their bytes are limited instead
    server.maxHeadersCount = 0
    server.on('connection', (socket) => this.#connections.opened(connectionOf(socket, this.#load)))
    // a producer that closes its own side after the request still gets its answer
    Object.assign(server, { httpAllowHalfOpen: true })
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#handle(request, response, handler)
    }
    server.on('request', onRequest)
    // answers are looked for before a producer that waits for them sends its body
    server.on('checkContinue', onRequest)
    // who expects anything else has asked for nothing that is known (RFC 9110, 10.1.1): node would answer 417 itself
    server.on('checkExpectation', onRequest)
    this.#servers.push(server)
    return server
  }

  #handle(
    request: IncomingMessage,
    response: ServerResponse,
    otherwise: (request: IncomingMessage, response: ServerResponse) => void,
  ): void {
    const connection = connectionOf(request.socket, this.#load)
    this.#connections.busy(connection)
    connection.begin(() => {
      response.on('close', () => {
        connection.done()
        if (connection.isIdle) this.#connections.idle(connection)
        if (this.#load.served === 0) this.#drained?.()
      })
      this.#route(request, response, otherwise)
    })
  }

  #route(
    request: IncomingMessage,
    response: ServerResponse,
    otherwise: (request: IncomingMessage, response: ServerResponse) => void,
  ): void {
    const malformed = framingProblem(request)
    if (malformed !== undefined) {
      sendEarly(request, response, problemAnswer(malformed))
      return this.#announce(requestPath(request.url ?? '').slice(0, longestShownPath), malformed)
    }
    const addressable = findAddressable(request, this.#options.addressables())
    if (addressable === undefined && this.#webhooks.handle(request, response)) return
    if (addressable === undefined) return otherwise(request, response)
    if (request.method === 'POST') return this.#endpoint.handle(request, response, addressable)
    const { method = '', headers } = request
    const { answer, refused } = answerOtherMethod(method, addressable.path, headers.accept)
    this.#answer(request, response, answer)
    if (refused !== undefined) this.#announce(addressable.path, refused, addressable)
  }

  #notFound(request: IncomingMessage, response: ServerResponse): void {
    const path = requestPath(request.url ?? '')
    const refused = noSuchAddressable(path, this.#options.addressables().keys())
    this.#answer(request, response, problemAnswer(refused))
    this.#announce(path.slice(0, longestShownPath), refused)
  }

  /** A request without a body is complete only a turn later: what has none is told by its headers. */
  #answer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const { headers } = request
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (hasBody && !request.complete) sendEarly(request, response, answer)
    else send(response, answer, this.#closing)
  }

  /** A request that is refused before the endpoint of events has it is a rejected event too. */
  #announce(path: string, { status, code, detail }: Problem, addressable?: Addressable): void {
    const { eventRejected } = this.#options.channels
    if (eventRejected.hasSubscribers) eventRejected.publish({ path, addressable, status, code, detail })
  }
}

/** A path that somebody made up is shown no longer than this. */
const longestShownPath = 140
