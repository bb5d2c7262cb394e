import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Millrace } from '@millrace/testkit'

/** A bare TCP connection to a server's ingress, for what no client library would send. */
export class Wire implements AsyncDisposable {
  readonly socket: Socket
  /** Resolves with all that came, once the server has closed (or the connection is gone). */
  readonly closed: Promise<string>
  #received = ''

  constructor(socket: Socket) {
    this.socket = socket
    // a reset is an end like any other here
    socket.on('error', () => undefined)
    socket.setEncoding('latin1').on('data', (text: string) => (this.#received += text))
    const closed = Promise.withResolvers<string>()
    socket.on('close', () => closed.resolve(this.#received))
    this.closed = closed.promise
  }

  /** All that has come so far. */
  get received(): string {
    return this.#received
  }

  /** The statuses of the answers so far. */
  get statuses(): number[] {
    return statuses(this.#received)
  }

  send(text: string): void {
    if (this.socket.writable) this.socket.write(text, 'latin1')
  }

  /** Sends what is left and closes our side only. */
  end(text: string): void {
    this.socket.end(text, 'latin1')
  }

  reset(): void {
    this.socket.resetAndDestroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.closed
  }
}

export async function wire(millrace: Millrace): Promise<Wire> {
  const { hostname, port } = new URL(millrace.ingress)
  const socket = connect({ host: hostname, port: Number(port) })
  const opened = new Wire(socket)
  await Promise.race([once(socket, 'connect').catch(() => undefined), opened.closed])
  return opened
}

export interface Head {
  readonly id?: string
  /** The request line. */
  readonly line?: string
  /** Header lines as they go out, each with its end. */
  readonly lines?: string
}

/** The head of a POST of a binary event, with these lines beside the usual ones. */
export function head({ id = 'hostile', line, lines = '' }: Head): string {
  const event = `ce-specversion: 1.0\r\nce-id: ${id}\r\nce-source: /hostile\r\nce-type: hostile\r\n`
  return `${line ?? 'POST /default/default HTTP/1.1'}\r\nHost: test\r\n${event}${lines}\r\n`
}

export function statuses(text: string): number[] {
  return Array.from(text.matchAll(/^HTTP\/1\.1 (\d+)/gm), ([, status]) => Number(status))
}
