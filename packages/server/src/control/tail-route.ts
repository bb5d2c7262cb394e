import type { FastifyInstance } from 'fastify'
import { refuse } from './admin-problems.ts'
import { tailChoice, type TailQuery } from './tail-choice.ts'
import type { Tail } from './tail.ts'

/** `GET /api/tail`: one JSON object a line, for as long as the reader stays. */
export function tailRoute(app: FastifyInstance, tail: Tail): void {
  app.get<{ Querystring: TailQuery }>('/api/tail', (request, reply) => {
    const choice = tailChoice(request.query)
    if (typeof choice === 'string') return refuse(reply, 'admin-bad-request', choice)
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
    // a reader knows by the head that nothing from now on is missed
    reply.raw.flushHeaders()
    tail.follow(reply.raw, choice)
    return reply
  })
  app.addHook('preClose', (done) => {
    tail.close()
    done()
  })
}
