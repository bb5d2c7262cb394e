import type { FastifyInstance } from 'fastify'
import {
  findKind,
  kinds,
  nearest,
  resourceKey,
  type Resource,
  type ResourceStatus,
} from '@millrace/resources'
import type { Storage } from '@millrace/storage'
import { refuse } from './admin-problems.ts'
import type { ConditionTimes } from './condition-times.ts'
import { withAgreement } from './agreement-condition.ts'
import { LiveStatus, type LiveSources } from './live-status.ts'
import type { ManifestState } from './manifest-control.ts'
import { notesOf, type ProcessesView } from './process-routes.ts'
import { shownResource } from './shown-resource.ts'
import type { SourceKindName, SourcesView } from './sources-view.ts'

export interface ResourceRoutesOptions {
  readonly state: () => ManifestState | undefined
  readonly times: ConditionTimes
  readonly storage: Pick<Storage, 'stats'>
  /** Where ingress listens: URLs in statuses begin with it where no public URL is set. */
  readonly ingressUrl: () => string
  readonly live: Pick<LiveSources, 'numberOf' | 'routeState'>
  readonly sources: SourcesView
  readonly replicas: Pick<ProcessesView, 'difference' | 'others'>
}

interface Query {
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
}

/** `GET /api/resources`: what the manifests declare, each with its status. */
export function resourceRoutes(app: FastifyInstance, options: ResourceRoutesOptions): void {
  const { state, times, storage, ingressUrl, live, sources, replicas } = options
  app.get<{ Querystring: Query }>('/api/resources', async (request, reply) => {
    const { kind: word, namespace, name } = request.query
    const kind = word === undefined ? undefined : (findKind(word) ?? findSourceKind(word, sources.kinds()))
    if (word !== undefined && kind === undefined)
      return refuse(reply, 'admin-no-such-kind', unknownKind(word, sources.kinds()))
    const columns = kind === undefined ? [] : sources.columnsOf(kind.kind)
    const now = state()
    if (now === undefined) return { items: [], reloadErrors: [], notes: [] }
    const { resources, compilation, report } = now
    const { topology, statuses } = compilation
    const [stats, { states, silent }] = await Promise.all([storage.stats(), replicas.others()])
    const numbers = new LiveStatus({ ...live, topology, stats, others: states })
    const { difference } = replicas
    const items = resources.filter(isWanted).map((resource) => {
      const found = statuses.get(resourceKey(resource)) ?? { conditions: [] }
      const compiled = sources.statusOf(resource, found)
      const conditions = withAgreement(times.of(resource, compiled.conditions), resource, difference)
      const status = { ...withHost(compiled, ingressUrl()), conditions, ...numbers.of(resource) }
      return { ...shownResource(resource), status }
    })
    return {
      items,
      reloadErrors: report.errors,
      notes: notesOf(difference, silent),
      ...(columns.length > 0 && { columns }),
    }

    function isWanted(resource: Resource): boolean {
      return (
        (kind === undefined || resource.kind === kind.kind) &&
        (namespace === undefined || resource.metadata.namespace === namespace) &&
        (name === undefined || resource.metadata.name === name)
      )
    }
  })
}

/** The paths of addressables in a status as URLs of this server; `conditions` are looked at elsewhere. */
function withHost(status: ResourceStatus, host: string): object {
  return JSON.parse(JSON.stringify(status), (name, value: unknown) =>
    typeof value === 'string' && value.startsWith('/') && /^url$|Uri$/.test(name) ? host + value : value,
  ) as object
}

function findSourceKind(word: string, known: readonly SourceKindName[]): SourceKindName | undefined {
  const name = word.toLowerCase()
  return known.find(({ kind, plural, shortNames }) =>
    [kind.toLowerCase(), plural, ...shortNames].includes(name),
  )
}

function unknownKind(word: string, sources: readonly SourceKindName[]): string {
  const all = [...kinds, ...sources]
  const near = nearest(
    word,
    all.flatMap(({ kind, plural }) => [kind, plural]),
  )
  const names = all.map(({ plural }) => plural).join(', ')
  return `there is no kind "${word}"${near === undefined ? '' : `, did you mean ${near}?`}; there are ${names}, processes, orphans`
}
