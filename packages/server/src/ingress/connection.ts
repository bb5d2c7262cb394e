import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that are served at once, of one connection and of all, and that wait for their turn. */
const most = { servedOfOne: 32, served: 16_384, waiting: 16_384 }

/** What all connections of an ingress have under way. */
export interface IngressLoad {
  served: number
  waiting: number
}

const known = new WeakMap<Socket, Connection>()

/** The connection of a socket of an ingress. */
export function connectionOf(socket: Socket, load: IngressLoad): Connection {
  let connection = known.get(socket)
  if (connection === undefined) {
    connection = new Connection(socket, load)
    known.set(socket, connection)
  }
  return connection
}

/** The answer says that it is the last on its connection: no request behind it is looked at (RFC 9112, 9.6). */
export function isLastAnswer({ req }: ServerResponse): void {
  known.get(req.socket)?.end()
}

/**
 * What has to be known of a connection beside its requests. A producer may send many requests before it
 * reads an answer, and node hands them over as fast as they come. Some of them are served at once, the
 * others in their turn, and while any wait no more is read: so a flood on one connection takes little
 * memory and no more than its share of time.
 */
class Connection {
  readonly #socket: Socket
  readonly #load: IngressLoad
  #served = 0
  #waiting: (() => void)[] = []
  #ended = false

  constructor(socket: Socket, load: IngressLoad) {
    this.#socket = socket
    this.#load = load
    // node resumes a socket whenever a body wants more
    socket.on('resume', () => {
      if (this.#waiting.length > 0) socket.pause()
    })
  }

  /** Serves a request, now or in its turn; `done` is to be called when it has been. */
  begin(serve: () => void): void {
    if (this.#ended) return
    if (this.#hasRoom()) return this.#serve(serve)
    if (this.#load.waiting >= most.waiting) {
      this.#socket.destroy()
      return
    }
    this.#load.waiting += 1
    this.#waiting.push(serve)
    this.#socket.pause()
  }

  /** A request has been answered, or its producer is gone. */
  done(): void {
    this.#served -= 1
    this.#load.served -= 1
    if (this.#socket.destroyed) this.#forget()
    if (this.#waiting.length === 0) return
    while (this.#hasRoom()) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#load.waiting -= 1
      this.#serve(next)
    }
    if (this.#waiting.length === 0) this.#socket.resume()
  }

  end(): void {
    this.#ended = true
    this.#forget()
  }

  /** One request of each connection is always served: only floods wait. */
  #hasRoom(): boolean {
    return this.#served === 0 || (this.#served < most.servedOfOne && this.#load.served < most.served)
  }

  #serve(serve: () => void): void {
    this.#served += 1
    this.#load.served += 1
    serve()
  }

  #forget(): void {
    this.#load.waiting -= this.#waiting.length
    this.#waiting = []
  }
}
