import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { eventually } from '@millrace/testkit'

/** What a subscriber does once it has read the head of a request. */
export type Behaviour = (socket: Socket) => void

/** A subscriber that speaks TCP, and HTTP only where it pleases: a behaviour for each path. */
export class HostileSubscriber implements AsyncDisposable {
  readonly #server = createServer((socket) => this.#serve(socket))
  readonly #behaviours: Readonly<Record<string, Behaviour>>
  readonly #sockets = new Set<Socket>()
  /** Requests by name. */
  readonly asked = new Map<string, number>()
  #port = 0

  constructor(behaviours: Readonly<Record<string, Behaviour>>) {
    this.#behaviours = behaviours
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#port}/${name}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    let head = ''
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket))
    socket.setEncoding('latin1').on('data', (text: string) => {
      head += text
      if (!head.includes('\r\n\r\n')) return
      const [, name = ''] = /^POST \/(\S+) /.exec(head) ?? []
      head = ''
      this.asked.set(name, (this.asked.get(name) ?? 0) + 1)
      this.#behaviours[name]?.(socket)
    })
  }
}

/** Sends it. */
export function says(text: string): Behaviour {
  return (socket) => socket.write(text, 'latin1')
}

/** Sends it and closes. */
export function saysLast(text: string): Behaviour {
  return (socket) => socket.end(text, 'latin1')
}

/** Sends the start, then the piece over and over, as fast as it is taken, until the connection is gone. */
export function pours(start: string, piece: string): Behaviour {
  return (socket) => {
    socket.write(start, 'latin1')
    const pump = (): void => {
      while (socket.writable && socket.write(piece, 'latin1'));
    }
    socket.on('drain', pump)
    pump()
  }
}

/** Sends the start, then byte by byte, until the connection is gone. */
export function drips(start: string): Behaviour {
  return (socket) => {
    socket.write(start, 'latin1')
    void eventually(
      () => {
        if (!socket.destroyed) socket.write('x')
        return socket.destroyed
      },
      { timeoutMs: 60_000 },
    )
  }
}
