import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sentAtHeader } from './bench-event.ts'

/** Nothing has come for so long: what is missing then is lost. */
const patienceMs = 10_000

/** Takes the events of a bench, and knows how long each was under way. */
export class BenchSink implements AsyncDisposable {
  /** From an event's sending to its arrival, in milliseconds. */
  readonly times: number[] = []
  readonly #server = createServer((request, response) => {
    const sentAt = Number(request.headers[sentAtHeader])
    this.times.push(performance.timeOrigin + performance.now() - sentAt)
    request.resume().on('end', () => response.writeHead(202, ['content-length', '0']).end())
  })

  /** Listens on a free port. → its URL */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Waits until so many have come, or no more do. */
  async received(expected: number): Promise<void> {
    let before = -1
    let since = performance.now()
    while (this.times.length < expected && performance.now() - since < patienceMs) {
      if (this.times.length > before) {
        before = this.times.length
        since = performance.now()
      }
      await sleep(10)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
