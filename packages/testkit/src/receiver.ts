import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './receiver-answer.ts'
import type { ReceivedRequest } from './received-request.ts'
import { ReceiverPath } from './receiver-path.ts'

export interface ReceiverOptions {
  /** Keep whole requests (the default), or only the ids of their events: for tests with very many. */
  readonly remember?: 'requests' | 'ids'
  /** Where it listens; default a free port of 127.0.0.1. */
  readonly host?: string
  readonly port?: number
}

/** A real HTTP server with a script. The receiver itself speaks for all of its paths together. */
export class Receiver extends ReceiverPath implements AsyncDisposable {
  readonly port: number
  readonly #host: string
  readonly #paths = new Map<string, ReceiverPath>()
  readonly #server: Server
  readonly #remember: 'requests' | 'ids'

  constructor(server: Server, options: ReceiverOptions) {
    const { port } = server.address() as AddressInfo
    super(`http://127.0.0.1:${port}/`)
    this.port = port
    this.#host = options.host ?? '127.0.0.1'
    this.#server = server
    this.#remember = options.remember ?? 'requests'
    server.on('request', (request, response) => void this.#serve(request, response))
  }

  /** One of its paths, such as `/a`: with its own requests and its own answers. */
  path(path: string): ReceiverPath {
    let view = this.#paths.get(path)
    if (view === undefined) {
      view = new ReceiverPath(new URL(path, this.url).href)
      this.#paths.set(path, view)
    }
    return view
  }

  /** Refuses connections, as a sink that is down. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  /** Comes back on the same port. */
  async start(): Promise<void> {
    await listen(this.#server, this.port, this.#host)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const view of [this, ...this.#paths.values()]) view.release()
    if (this.#server.listening) await this.stop()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await read(request)
    if (received === undefined) return
    const own = this.path(received.path)
    for (const view of [this, own]) view.note(received, this.#remember)
    await this.opened()
    await own.opened()
    const given = (own.hasAnswers ? own : this).nextAnswer(received)
    await answer(response, given)
    for (const view of [this, own]) view.noteAnswered(received, given)
  }
}

/** Starts a receiver, on a free port of 127.0.0.1 unless told otherwise. */
export async function receiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const server = createServer()
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1')
  return new Receiver(server, options)
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

/** The whole request; none where the client went away before its end. */
async function read(request: IncomingMessage): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  const { url = '/', method = '', headers, rawHeaders } = request
  return {
    path: url.replace(/\?.*$/, ''),
    method,
    headers,
    rawHeaders,
    body: Buffer.concat(chunks),
    at: Date.now(),
  }
}
