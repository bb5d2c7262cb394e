import { randomInt } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { isOver, type Storage } from '@millrace/storage'
import type { JobInputs, JobKind, OrphansInput, RedriveInput } from '../job-inputs.ts'
import { refuse, type AdminProblemCode } from './admin-problems.ts'
import { readDeadLetterQuery } from './dead-letter-query.ts'
import { jobJson } from './job-json.ts'
import { isNotOrphaned, redirectTarget } from './named-orphans.ts'
import { isNamed, routeIdentity } from './route-identity.ts'

export interface JobRoutesOptions {
  readonly storage: Pick<Storage, 'jobs' | 'routes'>
  readonly now: () => number
}

/** A body that asks for a job; all that a kind does not know is refused. */
type Words = Readonly<Record<string, unknown>>

type Read<K extends JobKind> =
  | { readonly kind: 'input'; readonly input: JobInputs[K] }
  | { readonly kind: 'problem'; readonly code: AdminProblemCode; readonly detail: string }

const idSpace = 36 ** 8

/** Jobs: begun, listed, shown, cancelled. */
export function jobRoutes(app: FastifyInstance, { storage, now }: JobRoutesOptions): void {
  const { jobs } = storage

  app.get('/api/jobs', async () => ({ items: (await jobs.list()).map(jobJson) }))

  app.get<{ Params: { id: string } }>('/api/jobs/:id', async ({ params: { id } }, reply) => {
    const job = await jobs.get(id)
    return job === undefined ? refuse(reply, 'admin-no-such-job', noJob(id)) : jobJson(job)
  })

  app.post('/api/jobs', async ({ body }, reply) => {
    const words: Words = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
    const { kind } = words
    if (kind === 'redrive') return add(reply, kind, await readRedrive(words))
    if (kind === 'drop-orphans' || kind === 'redirect-orphans')
      return add(reply, kind, await readOrphans(kind, words))
    return refuse(
      reply,
      'admin-bad-request',
      'the body has to be {"kind": "redrive"}, "drop-orphans" or "redirect-orphans", with what it is given',
    )
  })

  app.post<{ Params: { id: string } }>('/api/jobs/:id/cancel', async ({ params: { id } }, reply) => {
    if (await jobs.cancel(id)) return { cancelled: true }
    const job = await jobs.get(id)
    if (job === undefined) return refuse(reply, 'admin-no-such-job', noJob(id))
    return refuse(reply, 'admin-job-ended', `${id} has ended: it is ${isOver(job) ? job.state : 'done'}`)
  })

  async function add<K extends JobKind>(reply: FastifyReply, kind: K, read: Read<K>): Promise<unknown> {
    if (read.kind === 'problem') return refuse(reply, read.code, read.detail)
    const id = `${kind}-${randomInt(idSpace).toString(36).padStart(8, '0')}`
    const job = await jobs.add({ id, kind, input: read.input })
    return reply.code(202).header('location', `/api/jobs/${id}`).send(jobJson(job))
  }

  async function readRedrive(words: Words): Promise<Read<'redrive'>> {
    const known = ['kind', 'trigger', 'type', 'since', 'limit', 'rate']
    const wrong = unknownWord(words, known) ?? notText(words, ['trigger', 'type', 'since'])
    if (wrong !== undefined) return problem(wrong)
    const { limit, rate } = words
    if (!isCount(limit)) return problem('limit has to be a whole number from 1')
    if (!isCount(rate)) return problem('rate has to be a whole number from 1: so many a second')
    const { trigger, type, since } = words as { trigger?: string; type?: string; since?: string }
    const query = readDeadLetterQuery({ trigger, type, since }, await storage.routes.list(), now())
    if (query.kind === 'problem') return query
    const { routes, since: sinceMs } = query.query
    const input: RedriveInput = {
      ...(trigger !== undefined && { trigger }),
      ...(routes !== undefined && { routes }),
      ...(type !== undefined && { type }),
      ...(sinceMs !== undefined && { since: sinceMs }),
      ...(limit !== undefined && { limit }),
      ...(rate !== undefined && { perSecond: rate }),
    }
    return { kind: 'input', input }
  }

  async function readOrphans(
    kind: 'drop-orphans' | 'redirect-orphans',
    words: Words,
  ): Promise<Read<'redirect-orphans'>> {
    const known = ['kind', 'orphan', ...(kind === 'redirect-orphans' ? ['to'] : [])]
    const wrong = unknownWord(words, known) ?? notText(words, known)
    if (wrong !== undefined) return problem(wrong)
    const { orphan, to } = words as { orphan?: string; to?: string }
    if (orphan === undefined)
      return problem('orphan has to be a trigger that is gone, or an id of /api/orphans')
    if (kind === 'redirect-orphans' && to === undefined) return problem('to has to be a trigger in force')
    const registered = await storage.routes.list()
    const named = registered.filter(({ id }) => id === orphan || isNamed(routeIdentity(id), orphan))
    if (named[0] === undefined) return problem(`no route is named ${orphan}`, 'admin-no-such-orphan')
    const gone = named.filter(({ orphanedSince }) => orphanedSince !== undefined)
    if (gone.length === 0) return problem(isNotOrphaned(named[0].id), 'admin-not-an-orphan')
    const routes = gone.map(({ route }) => route)
    if (to === undefined) return { kind: 'input', input: { orphan, routes } }
    const target = redirectTarget(registered, to)
    if (typeof target === 'string') return problem(target, 'admin-no-such-route')
    const input: OrphansInput = { orphan, routes, to: { name: to, route: target } }
    return { kind: 'input', input }
  }
}

function noJob(id: string): string {
  return `no job has the id ${id}: millrace jobs ls lists them`
}

function problem(detail: string, code: AdminProblemCode = 'admin-bad-request') {
  return { kind: 'problem', code, detail } as const
}

function unknownWord(words: Words, known: readonly string[]): string | undefined {
  const unknown = Object.keys(words).find((word) => !known.includes(word))
  return unknown === undefined ? undefined : `${unknown} is not known; it takes ${known.join(', ')}`
}

function notText(words: Words, names: readonly string[]): string | undefined {
  const wrong = names.find((name) => words[name] !== undefined && typeof words[name] !== 'string')
  return wrong === undefined ? undefined : `${wrong} has to be a text`
}

function isCount(value: unknown): value is number | undefined {
  return value === undefined || (Number.isSafeInteger(value) && Number(value) >= 1)
}
