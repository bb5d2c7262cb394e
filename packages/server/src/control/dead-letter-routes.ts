import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Storage } from '@millrace/storage'
import { goneBefore, redriveTarget, type RedriveTarget, type RedriveTopology } from '../redrive-target.ts'
import { refuse } from './admin-problems.ts'
import { deadLetterJson } from './dead-letter-json.ts'
import { readDeadLetterQuery } from './dead-letter-query.ts'
import { stringsField } from './request-body.ts'

/** Dead letters that one request can name. */
const mostIds = 1_000

export interface DeadLetterRoutesOptions {
  readonly storage: Pick<Storage, 'deadLetters' | 'routes'>
  readonly topology: RedriveTopology
  readonly now: () => number
}

interface Skipped {
  readonly id: string
  readonly reason: string
}

/** Dead letters: listed, shown, redriven to where they failed, dropped. */
export function deadLetterRoutes(
  app: FastifyInstance,
  { storage, topology, now }: DeadLetterRoutesOptions,
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
    const items: ({ id: string } & RedriveTarget)[] = []
    for (const id of new Set(ids)) {
      const letter = await storage.deadLetters.get(id)
      const target =
        letter === undefined ? 'there is no such dead letter (any more)' : redriveTarget(letter, topology)
      if (typeof target === 'string') skipped.push({ id, reason: target })
      else items.push({ id, ...target })
    }
    const redriven = items.length === 0 ? [] : await storage.deadLetters.redrive(items)
    const done = new Set(redriven)
    for (const { id } of items) if (!done.has(id)) skipped.push({ id, reason: goneBefore })
    return { redriven, skipped }
  })

  app.post('/api/deadletters/drop', async (request, reply) => {
    const ids = stringsField(request.body, 'ids', mostIds)
    if (ids === undefined) return refuse(reply, 'admin-bad-request', wantsIds)
    return { dropped: await storage.deadLetters.drop(ids) }
  })
}

const wantsIds = `the body has to be {"ids": ["…"]}, at most ${mostIds} ids of /api/deadletters`

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text)
}
