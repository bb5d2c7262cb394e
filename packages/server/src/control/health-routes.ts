import type { FastifyInstance } from 'fastify'

/** Why the server cannot do its work; empty: it can. */
export type Reasons = () => readonly string[]

/** `/livez`: the loop turns. `/readyz`: events are taken and delivered; a sink that is down is not asked. */
export function healthRoutes(app: FastifyInstance, reasons: Reasons): void {
  app.get('/livez', (_request, reply) => {
    reply.type('text/plain; charset=utf-8').send('ok')
  })
  app.get('/readyz', (_request, reply) => {
    const found = reasons()
    if (found.length === 0) return reply.send({ ready: true })
    return reply.code(503).send({ ready: false, reasons: found })
  })
}
