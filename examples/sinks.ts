import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { CloudEvent, HTTP } from 'cloudevents'

/** What the examples send. */
export interface Order {
  readonly total: number
  readonly country?: string
  readonly tax?: number
  readonly shipping?: number
}

export type OrderEvent = CloudEvent<Order>

/** Answers an event with another one, or with nothing. */
export type Sink = (event: OrderEvent) => OrderEvent | undefined

/** Prints only. */
export const print: Sink = () => undefined

/** Listens on 127.0.0.1 (port 9001, or PORT), prints what comes to each path, and answers as told there. */
export function sinks(byPath: Readonly<Record<string, Sink>>): void {
  const server = createServer((request, response) => void receive(request, response, byPath))
  server.listen(Number(process.env['PORT'] ?? 9001), '127.0.0.1', () => {
    console.log(`sinks at http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
}

/** An event that follows from another one: a new type and other data, the same id. */
export function answer({ id }: OrderEvent, type: string, data: Order): OrderEvent {
  return new CloudEvent({ id, source: '/examples', type, data })
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  byPath: Readonly<Record<string, Sink>>,
): Promise<void> {
  const path = request.url ?? '/'
  const event = HTTP.toEvent({ headers: request.headers, body: await text(request) }) as OrderEvent
  console.log(`${path} ${event.type} ${JSON.stringify(event.data)}`)
  const reply = byPath[path]?.(event)
  if (reply === undefined) {
    response.writeHead(200).end()
    return
  }
  const { headers, body } = HTTP.binary(reply)
  response.writeHead(200, headers as Record<string, string>).end(body)
}
