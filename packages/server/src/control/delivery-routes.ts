import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Route } from '@millrace/core'
import type { DeliveryQuery, RouteNumber, Storage } from '@millrace/storage'
import type { Channels } from '../observability/channels.ts'
import { refuse } from './admin-problems.ts'
import { asTheyStand, type Turns } from './in-turn.ts'
import { namedRoutes } from './named-routes.ts'
import { stringField, stringsField } from './request-body.ts'
import { waitingJson } from './waiting-json.ts'

/** Deliveries that one request can name. */
const mostIds = 1_000
const usualLimit = 100

export interface DeliveryRoutesOptions {
  readonly storage: Pick<Storage, 'deliveries' | 'routes'>
  readonly routeOf: (number: RouteNumber) => Route | undefined
  readonly isPaused: (routeId: string) => boolean
  readonly turns: Turns
  readonly channels: Pick<Channels, 'deliveriesRemoved'>
  readonly now: () => number
}

type Words = Readonly<Record<string, string | undefined>>

/** What waits: listed by trigger and event, and cancelled where it is not in flight. */
export function deliveryRoutes(app: FastifyInstance, options: DeliveryRoutesOptions): void {
  const { storage, routeOf, isPaused, turns, channels, now } = options

  app.get<{ Querystring: Words }>('/api/deliveries', async ({ query: words }, reply) => {
    const { trigger, event, limit, after, data } = words
    const most = limit === undefined ? usualLimit : Number(limit)
    if (!Number.isInteger(most) || most < 1)
      return refuse(reply, 'admin-bad-request', `limit "${limit}" has to be a whole number from 1`)
    const registered = await storage.routes.list()
    const named = trigger === undefined ? undefined : namedRoutes(trigger, registered)
    if (named !== undefined && 'detail' in named) return refuse(reply, 'admin-no-such-route', named.detail)
    const query: DeliveryQuery = {
      limit: Math.min(most, mostIds),
      data: data === 'true',
      ...(named !== undefined && { routes: named.routes.map(({ route }) => route) }),
      ...(event !== undefined && { eventId: event }),
      ...(after !== undefined && { after }),
    }
    const { items: listed, next } = await storage.deliveries.list(query)
    const items = await asTheyStand(listed, turns)
    const context = { registered, routeOf, isPaused, nowMs: now(), data: data === 'true' }
    const more = next === undefined ? '' : `,"next":${JSON.stringify(next)}`
    return sendJson(reply, `{"items":[${waitingJson(items, context)}]${more}}`)
  })

  app.post('/api/deliveries/cancel', async ({ body }, reply) => {
    const event = stringField(body, 'event')
    const ids = event === undefined ? stringsField(body, 'ids', mostIds) : await idsOf(event)
    if (ids === undefined) return refuse(reply, 'admin-bad-request', wanted)
    const fromStore = await storage.deliveries.cancel(ids)
    say(fromStore)
    const gone = new Set(fromStore)
    const left = ids.filter((id) => !gone.has(id))
    const cancelled = [...fromStore, ...(left.length === 0 ? [] : await turns.cancel(left))]
    for (const id of cancelled) gone.add(id)
    return { cancelled, skipped: ids.filter((id) => !gone.has(id)) }
  })

  /** All that waits of an event. */
  async function idsOf(eventId: string): Promise<string[]> {
    const ids: string[] = []
    for (let after: string | undefined; ;) {
      const query = { eventId, limit: mostIds, ...(after !== undefined && { after }) }
      const { items, next } = await storage.deliveries.list(query)
      ids.push(...items.map(({ id }) => id))
      if (next === undefined) return ids
      after = next
    }
  }

  function say(cancelled: readonly string[]): void {
    const counts = Map.groupBy(cancelled, (id) => Number(id.slice(id.lastIndexOf('-') + 1)))
    for (const [number, { length: count }] of counts) {
      const route = routeOf(number)
      if (route !== undefined) channels.deliveriesRemoved.publish({ route, result: 'cancelled', count })
    }
  }
}

const wanted = `the body has to be {"ids": ["…"]}, at most ${mostIds} ids of /api/deliveries, or {"event": "…"}`

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text)
}
