import type { FastifyInstance, FastifyReply } from 'fastify'
import { orderingKey, swapAttached, type Route } from '@millrace/core'
import { encodeRecord, type DeadLetter, type RouteNumber, type Storage } from '@millrace/storage'
import { refuse } from './admin-problems.ts'
import { deadLetterJson } from './dead-letter-json.ts'
import { readDeadLetterQuery } from './dead-letter-query.ts'
import { stringsField } from './request-body.ts'
import { storedRecord } from './stored-record.ts'

/** Dead letters that one request can name. */
const mostIds = 1_000

export interface DeadLetterRoutesOptions {
  readonly storage: Pick<Storage, 'deadLetters' | 'routes'>
  /** The route of a number in the topology in force. */
  readonly routeOf: (number: RouteNumber) => Route | undefined
  /** Of a flow's inner addressable the flow's path, else its own. */
  readonly ownerOf: (path: string) => string
  readonly now: () => number
}

interface Redriven {
  readonly id: string
  readonly owner: string
  readonly route: RouteNumber
  readonly record?: Uint8Array
  readonly key?: string
}

interface Skipped {
  readonly id: string
  readonly reason: string
}

/** Dead letters: listed, shown, redriven to where they failed, dropped. */
export function deadLetterRoutes(
  app: FastifyInstance,
  { storage, routeOf, ownerOf, now }: DeadLetterRoutesOptions,
): void {
  app.get<{ Querystring: Record<string, string | undefined> }>('/api/deadletters', async (request, reply) => {
    const registered = await storage.routes.list()
    const read = readDeadLetterQuery(request.query, registered, now())
    if (read.kind === 'problem') return refuse(reply, read.code, read.detail)
    const { limit } = read.query
    // one more than asked for, to know whether there is a next page
    const found = await storage.deadLetters.list({ ...read.query, limit: limit + 1 })
    const ids = new Map(registered.map(({ route, id }) => [route, id]))
    const page = found.slice(0, limit)
    const items = page.map((letter) => deadLetterJson(letter, ids.get(letter.route))).join(',')
    const next = found.length > limit ? `,"next":${JSON.stringify(page.at(-1)?.id)}` : ''
    return sendJson(reply, `{"items":[${items}]${next}}`)
  })

  app.get<{ Params: { id: string } }>('/api/deadletters/:id', async (request, reply) => {
    const letter = await storage.deadLetters.get(request.params.id)
    if (letter === undefined)
      return refuse(reply, 'admin-no-such-dead-letter', `no dead letter has the id ${request.params.id}`)
    const registered = await storage.routes.list()
    return sendJson(reply, deadLetterJson(letter, registered.find(({ route }) => route === letter.route)?.id))
  })

  app.post('/api/deadletters/redrive', async (request, reply) => {
    const ids = stringsField(request.body, 'ids', mostIds)
    if (ids === undefined) return refuse(reply, 'admin-bad-request', wantsIds)
    const skipped: Skipped[] = []
    const items: Redriven[] = []
    for (const id of new Set(ids)) {
      const letter = await storage.deadLetters.get(id)
      const target = letter === undefined ? 'there is no such dead letter (any more)' : targetOf(letter)
      if (typeof target === 'string') skipped.push({ id, reason: target })
      else items.push({ id, ...target })
    }
    const redriven = items.length === 0 ? [] : await storage.deadLetters.redrive(items)
    const done = new Set(redriven)
    for (const { id } of items)
      if (!done.has(id)) skipped.push({ id, reason: 'it was gone before it was redriven' })
    return { redriven, skipped }
  })

  app.post('/api/deadletters/drop', async (request, reply) => {
    const ids = stringsField(request.body, 'ids', mostIds)
    if (ids === undefined) return refuse(reply, 'admin-bad-request', wantsIds)
    return { dropped: await storage.deadLetters.drop(ids) }
  })

  /** Where a dead letter is delivered anew: the route on which it failed, while that is in force. */
  function targetOf(letter: DeadLetter): Omit<Redriven, 'id'> | string {
    const route = routeOf(letter.route)
    if (route === undefined) return 'its trigger is no longer in the manifests'
    if (letter.details.ofReply === true) return isReply
    const record = storedRecord(letter.record)
    if (record === undefined) return 'its record cannot be read'
    const { orderedBy } = route.flow ?? {}
    // what a source ordered it by is not kept with it
    const key =
      orderedBy === undefined || orderedBy === 'source'
        ? undefined
        : orderingKey(record.event.attributes, orderedBy)
    const target = {
      owner: ownerOf(route.addressable),
      route: letter.route,
      ...(key !== undefined && { key }),
    }
    // the reply is sent again, its subscriber has done its part
    return route.role === 'reply' ? { ...target, record: encodeRecord(swapAttached(record)) } : target
  }
}

const isReply =
  'it is a reply that could not be forwarded, and its subscriber has done its part: send it where it belongs (dlq show prints it), then drop it'
const wantsIds = `the body has to be {"ids": ["…"]}, at most ${mostIds} ids of /api/deadletters`

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text)
}
