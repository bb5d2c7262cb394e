import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { benchRequest } from './bench-event.ts'

/** What some connections have sent, each the next event when it had the answer to the last. */
export interface Sent {
  readonly accepted: number
  readonly refused: number
  /** Of each answer, in milliseconds. */
  readonly times: readonly number[]
  /** Why connections ended before their time, each reason once. */
  readonly errors: readonly string[]
  readonly ms: number
}

/** Posts events over so many connections until the time is over. It never rejects. */
export async function closedLoop(target: URL, connections: number, ms: number): Promise<Sent> {
  const begun = performance.now()
  const loops = Array.from({ length: connections }, () => new Loop(target, begun + ms))
  await Promise.all(loops.map((loop) => loop.run()))
  return {
    accepted: loops.reduce((sum, { accepted }) => sum + accepted, 0),
    refused: loops.reduce((sum, { refused }) => sum + refused, 0),
    times: loops.flatMap(({ times }) => times),
    errors: [...new Set(loops.flatMap(({ error }) => error ?? []))],
    ms: performance.now() - begun,
  }
}

/** One connection. It reads no more of HTTP than a Millrace says: a status, and a length. */
class Loop {
  accepted = 0
  refused = 0
  readonly times: number[] = []
  error: string | undefined
  readonly #target: URL
  readonly #until: number
  readonly #prefix = randomUUID()
  #socket: Socket | undefined
  #answer = ''
  #sentAt = 0
  #sent = 0

  constructor(target: URL, until: number) {
    this.#target = target
    this.#until = until
  }

  run(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { hostname, port } = this.#target
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 80),
      noDelay: true,
    })
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('connect', () => this.#next())
    socket.on('data', (chunk) => this.#take(String(chunk)))
    socket.on('error', ({ message }) => (this.error = message))
    socket.on('close', () => {
      if (performance.now() < this.#until) this.error ??= 'the server closed the connection'
      resolve()
    })
    return promise
  }

  #next(): void {
    if (performance.now() >= this.#until) {
      this.#socket?.end()
      return
    }
    this.#answer = ''
    this.#sentAt = performance.now()
    this.#socket?.write(benchRequest(this.#target, `${this.#prefix}-${(this.#sent += 1)}`))
  }

  #take(chunk: string): void {
    this.#answer += chunk
    const end = this.#answer.indexOf('\r\n\r\n')
    if (end < 0) return
    const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(this.#answer) ?? []
    if (this.#answer.length < end + 4 + Number(length)) return
    this.times.push(performance.now() - this.#sentAt)
    if (this.#answer.startsWith('HTTP/1.1 202')) this.accepted += 1
    else this.refused += 1
    this.#next()
  }
}
