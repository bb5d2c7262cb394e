// Answers each order with an event of its own: the answer of an HTTP request is the reply.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { CloudEvent, HTTP } from 'cloudevents'

process.on('SIGTERM', () => process.exit())
createServer((request, response) => void answer(request, response)).listen(8080)

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const order = HTTP.toEvent({ headers: request.headers, body: await text(request) }) as CloudEvent<unknown>
  const invoice = new CloudEvent({
    id: order.id.replace(/^order/, 'invoice'),
    type: 'com.example.invoice.issued',
    source: '/compose/reply',
    subject: order.id,
    data: order.data,
  })
  console.log(`${order.id} is answered with ${invoice.id}`)
  const { headers, body } = HTTP.binary(invoice)
  response.writeHead(200, headers as Record<string, string>).end(body)
}
