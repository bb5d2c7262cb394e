import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/** What a scrape is answered with. */
export interface Scraped {
  readonly contentType: string
  text(): AsyncIterable<string>
}

/** `GET /metrics`: in the text format of Prometheus, sent as it is made. */
export function metricsRoute(app: FastifyInstance, metrics: Scraped): void {
  app.get('/metrics', (_request, reply) =>
    reply.type(metrics.contentType).send(Readable.from(bytes(metrics.text()))),
  )
}

/** Bytes are written several times as fast as strings that were put together from many. */
async function* bytes(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece)
}
