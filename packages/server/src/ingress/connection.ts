import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { IngressLoad } from './ingress-load.ts'
import type { Lined } from './open-connections.ts'

/** Requests of one connection that are served at once. */
const mostServed = 32

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
export class Connection implements Lined<Connection> {
  readonly socket: Socket
  before: Connection | undefined
  behind: Connection | undefined
  isLined = false
  readonly #load: IngressLoad
  #served = 0
  #waiting: (() => void)[] = []
  #ended = false

  constructor(socket: Socket, load: IngressLoad) {
    this.socket = socket
    this.#load = load
    // node resumes a socket whenever a body wants more
    socket.on('resume', () => {
      if (this.#waiting.length > 0) socket.pause()
    })
  }

  /** Nothing is under way on it. */
  get isIdle(): boolean {
    return this.#served === 0 && this.#waiting.length === 0
  }

  /** Serves a request, now or in its turn; `done` is to be called when it has been. */
  begin(serve: () => void): void {
    if (this.#ended) return
    // one that is alone on its connection never waits: floods do
    if (this.#served === 0 && this.#waiting.length === 0) return this.#serve(serve)
    if (this.#waiting.length === 0 && this.#hasRoom()) return this.#serve(serve)
    if (!this.#load.wait()) {
      this.socket.destroy()
      return
    }
    this.#waiting.push(serve)
    this.socket.pause()
    if (this.#served < mostServed) this.#load.enqueue(this)
  }

  /** A request has been answered, or its producer is gone. */
  done(): void {
    this.#served -= 1
    this.#load.done()
    if (this.#waiting.length === 0) return
    if (this.socket.destroyed) this.#forget()
    else this.proceed(1)
  }

  /** Serves at most so many of those that wait, as far as there is room. */
  proceed(most: number): void {
    for (let begun = 0; begun < most && this.#hasRoom(); begun += 1) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#load.waitNoMore(1)
      this.#serve(next)
    }
    if (this.#waiting.length === 0) this.socket.resume()
    else if (this.#served < mostServed) this.#load.enqueue(this)
  }

  end(): void {
    this.#ended = true
    this.#forget()
  }

  #hasRoom(): boolean {
    if (this.#load.turnIsOver) return false
    return this.#served === 0 || (this.#served < mostServed && !this.#load.isFull)
  }

  #serve(serve: () => void): void {
    this.#served += 1
    this.#load.begin()
    serve()
  }

  #forget(): void {
    this.#load.waitNoMore(this.#waiting.length)
    this.#load.dequeue(this)
    this.#waiting = []
  }
}
