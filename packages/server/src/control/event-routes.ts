import type { FastifyInstance } from 'fastify'
import { refuse } from './admin-problems.ts'
import { findEvent, type FindEventOptions } from './find-event.ts'
import { journeyJson } from './journey.ts'

interface Query {
  readonly id?: string
  readonly data?: string
}

/** `GET /api/events?id=ID`: where an event is, each time that one of this id was accepted. */
export function eventRoutes(app: FastifyInstance, options: FindEventOptions): void {
  app.get<{ Querystring: Query }>('/api/events', async (request, reply) => {
    const { id, data } = request.query
    if (id === undefined || id === '')
      return refuse(reply, 'admin-bad-request', 'say which event: /api/events?id=ID')
    const withData = data === 'true'
    const journeys = await findEvent(options, id, withData)
    const items = journeys.map((journey) => journeyJson(journey, withData)).join(',')
    return reply.type('application/json; charset=utf-8').send(`{"items":[${items}]}`)
  })
}
