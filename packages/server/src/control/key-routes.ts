import type { FastifyInstance, FastifyReply } from 'fastify'
import { structuredText, type Route } from '@millrace/core'
import type { ParkedKey, RegisteredRoute, RouteNumber, Storage } from '@millrace/storage'
import { refuse } from './admin-problems.ts'
import { headOf } from './journey.ts'
import { namedRoutes } from './named-routes.ts'
import { stringField } from './request-body.ts'
import { rfc3339 } from './rfc3339.ts'
import { routeIdentity } from './route-identity.ts'
import { waitingJson } from './waiting-json.ts'

const mostKeys = 1_000
const mostShown = 1_000

export interface KeyRoutesOptions {
  readonly storage: Pick<Storage, 'parked' | 'deliveries' | 'routes'>
  readonly routeOf: (number: RouteNumber) => Route | undefined
  readonly isPaused: (routeId: string) => boolean
  /** Makes the head a dead letter; `false`: it was no longer the head. */
  readonly skip: (parked: ParkedKey) => Promise<boolean>
  readonly now: () => number
}

type Words = Readonly<Record<string, string | undefined>>

/** Parked keys of ordered triggers: listed, shown, released, skipped. */
export function keyRoutes(app: FastifyInstance, options: KeyRoutesOptions): void {
  const { storage, routeOf, isPaused, skip, now } = options

  app.get<{ Querystring: Words }>('/api/keys', async ({ query: { trigger } }, reply) => {
    const registered = await storage.routes.list()
    const named = trigger === undefined ? undefined : namedRoutes(trigger, registered)
    if (named !== undefined && 'detail' in named) return refuse(reply, 'admin-no-such-route', named.detail)
    const routes = named?.routes.map(({ route }) => route)
    const keys = await storage.parked.list({ limit: mostKeys, ...(routes !== undefined && { routes }) })
    return sendJson(reply, `{"items":[${keys.map((key) => keyJson(key, registered)).join(',')}]}`)
  })

  app.get<{ Querystring: Words }>('/api/keys/show', async ({ query }, reply) => {
    const found = await find(query['trigger'], query['key'], reply)
    if (found === undefined) return reply
    const { parked, registered } = found
    const { items } = await storage.deliveries.list({
      routes: [parked.route],
      key: parked.key,
      limit: mostShown,
      data: true,
    })
    const context = { registered, routeOf, isPaused, nowMs: now(), data: true }
    const key = keyJson(parked, registered).slice(0, -1)
    return sendJson(reply, `${key},"items":[${waitingJson(items, context)}]}`)
  })

  app.post('/api/keys/release', async ({ body }, reply) => {
    const found = await find(stringField(body, 'trigger'), stringField(body, 'key'), reply)
    if (found === undefined) return reply
    const { route, key } = found.parked
    return { released: await storage.parked.release(route, key) }
  })

  app.post('/api/keys/skip', async ({ body }, reply) => {
    const found = await find(stringField(body, 'trigger'), stringField(body, 'key'), reply)
    if (found === undefined) return reply
    return { skipped: await skip(found.parked) }
  })

  /** The one that is meant; undefined: the request has been answered. */
  async function find(
    trigger: string | undefined,
    key: string | undefined,
    reply: FastifyReply,
  ): Promise<{ parked: ParkedKey; registered: readonly RegisteredRoute[] } | undefined> {
    if (trigger === undefined || key === undefined) {
      refuse(reply, 'admin-bad-request', 'it has to say a trigger and a key, as /api/keys lists them')
      return undefined
    }
    const registered = await storage.routes.list()
    const named = namedRoutes(trigger, registered)
    if ('detail' in named) {
      refuse(reply, 'admin-no-such-route', named.detail)
      return undefined
    }
    const routes = named.routes.map(({ route }) => route)
    const [parked, other] = await storage.parked.list({ routes, key, limit: 2 })
    if (parked !== undefined && other === undefined) return { parked, registered }
    const detail =
      parked === undefined
        ? `the key ${key} of ${trigger} is not parked`
        : `several triggers are called ${trigger} and have the key ${key}: say NAMESPACE/NAME`
    refuse(reply, 'admin-no-such-key', detail)
    return undefined
  }
}

function keyJson(parked: ParkedKey, registered: readonly RegisteredRoute[]): string {
  const { route, key, waiting, since, details, record } = parked
  const id = registered.find((each) => each.route === route)?.id ?? ''
  const { addressable, namespace, name } = routeIdentity(id)
  const { code, reason, attempts, body } = details
  const facts = {
    trigger: name,
    namespace,
    addressable,
    key,
    waiting,
    since: rfc3339(since),
    ...(code !== undefined && { code }),
    reason,
    attempts,
    ...(body !== undefined && { body }),
  }
  const head = record === undefined ? undefined : headOf(record)
  const event = head === undefined ? 'null' : structuredText(head.event)
  return `${JSON.stringify(facts).slice(0, -1)},"event":${event}}`
}

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text)
}
