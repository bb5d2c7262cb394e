import type { FastifyInstance } from 'fastify'
import { findKind, kinds, nearest, resourceKey, type Resource } from '@millrace/resources'
import type { Storage } from '@millrace/storage'
import { refuse } from './admin-problems.ts'
import type { ConditionTimes } from './condition-times.ts'
import { liveStatus, type LiveSources } from './live-status.ts'
import type { ManifestState } from './manifest-control.ts'
import { shownResource } from './shown-resource.ts'

export interface ResourceRoutesOptions {
  readonly state: () => ManifestState | undefined
  readonly times: ConditionTimes
  readonly storage: Pick<Storage, 'stats'>
  readonly live: Pick<LiveSources, 'numberOf' | 'routeState'>
}

interface Query {
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
}

/** `GET /api/resources`: what the manifests declare, each with its status. */
export function resourceRoutes(
  app: FastifyInstance,
  { state, times, storage, live }: ResourceRoutesOptions,
): void {
  app.get<{ Querystring: Query }>('/api/resources', async (request, reply) => {
    const { kind: word, namespace, name } = request.query
    const kind = word === undefined ? undefined : findKind(word)
    if (word !== undefined && kind === undefined)
      return refuse(reply, 'admin-no-such-kind', unknownKind(word))
    const now = state()
    if (now === undefined) return { items: [], reloadErrors: [] }
    const stats = new Map((await storage.stats()).map((each) => [each.route, each]))
    const sources: LiveSources = { ...live, topology: now.compilation.topology, stats }
    const wanted = now.resources.filter(
      (resource) =>
        (kind === undefined || resource.kind === kind.kind) &&
        (namespace === undefined || resource.metadata.namespace === namespace) &&
        (name === undefined || resource.metadata.name === name),
    )
    return { items: wanted.map((resource) => item(resource, sources)), reloadErrors: now.report.errors }

    function item(resource: Resource, of: LiveSources): object {
      const compiled = now?.compilation.statuses.get(resourceKey(resource))
      const conditions = times.of(resource, compiled?.conditions ?? [])
      return { ...shownResource(resource), status: { ...compiled, conditions, ...liveStatus(resource, of) } }
    }
  })
}

function unknownKind(word: string): string {
  const near = nearest(
    word,
    kinds.flatMap(({ kind, plural }) => [kind, plural]),
  )
  const names = kinds.map(({ plural }) => plural).join(', ')
  return `there is no kind "${word}"${near === undefined ? '' : `, did you mean ${near}?`}; there are ${names}`
}
