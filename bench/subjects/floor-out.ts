import { createInterface } from 'node:readline'
import { Agent, type Dispatcher } from 'undici'

/* R_out: the least that a delivery costs with undici. For each line `MS` it posts so long, and says how often. */

const connections = 64
const url = new URL(process.argv[2] ?? '')
const agent = new Agent({ pipelining: 1, allowH2: false })
const body = Buffer.from(JSON.stringify({ note: 'x'.repeat(1_013) }))
const headers = [
  'content-type',
  'application/json',
  'ce-specversion',
  '1.0',
  'ce-id',
  '5c8f9f3a8c544b679b0f',
  'ce-type',
  'com.example.orders.created',
  'ce-source',
  'https://shop.example.com/tenants/7',
  'ce-subject',
  'customers/4711',
  'ce-time',
  '2026-11-22T18:09:12.123456789Z',
  'ce-partitionkey',
  '4711',
  'ce-t0',
  '0000000000000000',
]

class Stream implements Dispatcher.DispatchHandler {
  readonly #until: number
  readonly #ended: () => void
  sent = 0

  constructor(until: number, ended: () => void) {
    this.#until = until
    this.#ended = ended
  }

  send(): void {
    this.sent += 1
    agent.dispatch({ origin: url.origin, path: url.pathname, method: 'POST', headers, body }, this)
  }

  onRequestStart(): void {}
  onResponseStart(): void {}
  onResponseData(): void {}

  onResponseEnd(): void {
    if (performance.now() < this.#until) this.send()
    else this.#ended()
  }

  onResponseError(): void {
    this.#ended()
  }
}

for await (const line of createInterface(process.stdin)) {
  const until = performance.now() + Number(line)
  let sent = 0
  await Promise.all(
    Array.from({ length: connections }, () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const stream = new Stream(until, () => {
        sent += stream.sent
        resolve()
      })
      stream.send()
      return promise
    }),
  )
  process.stdout.write(`${JSON.stringify({ sent })}\n`)
}
