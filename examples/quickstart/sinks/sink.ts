import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { HTTP, type CloudEvent } from 'cloudevents'

/** What a sink answers: a status, and an event where it replies. */
export interface Answer {
  readonly status: number
  readonly event?: CloudEvent<unknown>
}

/** Listens on a port of this machine and answers each event. */
export function sink(port: number, answer: (event: CloudEvent<unknown>) => Answer): void {
  createServer((request, response) => void receive(request, response, answer)).listen(port, '127.0.0.1')
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (event: CloudEvent<unknown>) => Answer,
): Promise<void> {
  const received = HTTP.toEvent({ headers: request.headers, body: await text(request) })
  const { status, event } = answer(received as CloudEvent<unknown>)
  if (event === undefined) {
    response.writeHead(status).end()
    return
  }
  const { headers, body } = HTTP.binary(event)
  response.writeHead(status, headers as Record<string, string>).end(body)
}
