import type { FastifyInstance, FastifyReply } from 'fastify'
import { findKind, lineOf, nearest, type Resource } from '@millrace/resources'
import { refuse } from './admin-problems.ts'
import { stringField } from './request-body.ts'

const annotation = 'millrace.dev/paused'
const pausableKinds = ['Trigger', 'Subscription']

interface Pausable {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface PauseRoutesOptions {
  readonly resources: () => readonly Resource[]
  /** What is paused by command. */
  readonly pauses: {
    pause(pausable: Pausable): Promise<void>
    resume(pausable: Pausable): Promise<void>
  }
}

/** A Trigger or a Subscription is paused, and goes on: kept in the store, beside what its annotation says. */
export function pauseRoutes(app: FastifyInstance, { resources, pauses }: PauseRoutesOptions): void {
  app.post('/api/pause', async (request, reply) => {
    const found = find(request.body, reply)
    if (found === undefined) return reply
    await pauses.pause(pausableOf(found))
    return { ...pausableOf(found), paused: true }
  })

  app.post('/api/resume', async (request, reply) => {
    const found = find(request.body, reply)
    if (found === undefined) return reply
    await pauses.resume(pausableOf(found))
    if (found.metadata.annotations[annotation] !== 'true') return { ...pausableOf(found), paused: false }
    const place = `${found.origin.file}:${lineOf(found, `metadata.annotations.${annotation}`)}`
    return refuse(
      reply,
      'admin-paused-by-annotation',
      `${place}: ${annotation} is "true", and holds until it is taken out there`,
    )
  })

  /** The one that is meant; undefined: the request has been answered. */
  function find(body: unknown, reply: FastifyReply): Resource | undefined {
    const word = stringField(body, 'kind')
    const name = stringField(body, 'name')
    const namespace = stringField(body, 'namespace')
    const kind = word === undefined ? undefined : findKind(word)?.kind
    if (name === undefined || kind === undefined || !pausableKinds.includes(kind)) {
      refuse(
        reply,
        'admin-bad-request',
        'the body has to be {"kind": "Trigger" or "Subscription", "name": "…"}',
      )
      return undefined
    }
    const ofKind = resources().filter((resource) => resource.kind === kind && isIn(resource, namespace))
    const named = ofKind.filter(({ metadata }) => metadata.name === name)
    const [only] = named
    if (only !== undefined && named.length === 1) return only
    refuse(reply, 'admin-no-such-route', only === undefined ? unknown(kind, name, ofKind) : several(named))
    return undefined
  }
}

function isIn({ metadata }: Resource, namespace: string | undefined): boolean {
  return namespace === undefined || metadata.namespace === namespace
}

function pausableOf({ kind, metadata: { namespace, name } }: Resource): Pausable {
  return { kind, namespace, name }
}

function unknown(kind: string, name: string, others: readonly Resource[]): string {
  const near = nearest(
    name,
    others.map(({ metadata }) => metadata.name),
  )
  const place = near === undefined ? '' : `, did you mean ${near}?`
  return `there is no ${kind} ${name}${place}`
}

function several(named: readonly Resource[]): string {
  const places = named.map(({ metadata }) => metadata.namespace).join(', ')
  return `there is one in each of the namespaces ${places}: say which`
}
