import type { FastifyInstance, FastifyReply } from 'fastify'
import { isSource, nearest, type Resource } from '@millrace/resources'
import { refuse } from './admin-problems.ts'
import { stringField } from './request-body.ts'

const annotation = 'millrace.dev/offset'

interface ResetStep {
  readonly what: string
  readonly from: number | undefined
  readonly to: number
}

export interface SourceRoutesOptions {
  readonly resources: () => readonly Resource[]
  readonly reset: (source: Resource, to: string, apply: boolean) => Promise<readonly ResetStep[] | undefined>
}

/** A stopped source is told where to read on: the plan, and with `apply` the move. */
export function sourceRoutes(app: FastifyInstance, { resources, reset }: SourceRoutesOptions): void {
  app.post('/api/sources/reset', async ({ body }, reply) => {
    const found = find(body, reply)
    if (found === undefined) return reply
    const { kind, metadata } = found
    const { namespace, name, annotations } = metadata
    const to = annotations[annotation]
    const apply = stringField(body, 'apply') === 'true'
    try {
      if (to === undefined)
        return refuse(
          reply,
          'admin-not-resettable',
          `${name} has no ${annotation}: write there where it is to read on`,
        )
      const steps = await reset(found, to, apply)
      if (steps === undefined)
        return refuse(reply, 'admin-not-resettable', `a ${kind} has no position that could be moved`)
      return { kind, namespace, name, to, applied: apply, steps }
    } catch (err) {
      return refuse(reply, 'admin-not-resettable', `${name} cannot be reset: ${(err as Error).message}`)
    }
  })

  /** The one that is meant; undefined: the request has been answered. */
  function find(body: unknown, reply: FastifyReply): Resource | undefined {
    const name = stringField(body, 'name')
    const namespace = stringField(body, 'namespace')
    const sources = resources().filter((each) => isSource(each))
    const named = sources.filter(
      ({ metadata }) => metadata.name === name && (namespace ?? metadata.namespace) === metadata.namespace,
    )
    const [only] = named
    if (only !== undefined && named.length === 1) return only
    const names = sources.map(({ metadata }) => metadata.name)
    const near = name === undefined ? undefined : nearest(name, names)
    const detail =
      only === undefined
        ? `there is no source ${name ?? ''}${near === undefined ? '' : `, did you mean ${near}?`}`
        : `there is a source ${name} in several namespaces: say which`
    refuse(reply, 'admin-no-such-source', detail)
    return undefined
  }
}
