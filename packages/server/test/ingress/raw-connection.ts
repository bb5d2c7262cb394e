import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { eventually } from '@millrace/testkit'

/** A bare TCP connection, for requests that no client library would send. */
export interface RawConnection extends AsyncDisposable {
  readonly socket: Socket
  /** All that has come so far. */
  readonly received: string
  send(text: string): void
  /** Resolves with all that came, once it matches. */
  until(pattern: RegExp): Promise<string>
  /** Resolves with all that came, once the server has closed. */
  readonly closed: Promise<string>
}

export async function rawConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  socket.on('error', () => undefined)
  const closed = Promise.withResolvers<string>()
  socket.on('close', () => closed.resolve(received))
  await once(socket, 'connect')
  return {
    socket,
    get received() {
      return received
    },
    send: (text) => void socket.write(text, 'latin1'),
    until: (pattern) => eventually(() => (pattern.test(received) ? received : false)) as Promise<string>,
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      socket.destroy()
      await closed.promise
    },
  }
}

/** The head of a POST of one binary event; what is given stands beside (or instead of) the usual headers. */
export function postHead(headers: Readonly<Record<string, string>> = {}, path = '/default/default'): string {
  const all = {
    host: 'test',
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '/raw',
    'ce-type': 'raw',
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
