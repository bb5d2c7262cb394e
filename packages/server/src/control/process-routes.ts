import type { FastifyInstance } from 'fastify'
import type { Member } from '@millrace/storage'
import { noteOf, type ManifestDifference, type Replicas } from '../replicas/replicas.ts'
import { rfc3339 } from './rfc3339.ts'

/** What is known of the processes on the store. */
export type ProcessesView = Pick<Replicas, 'difference' | 'others' | 'processes'>

/** `GET /api/processes`: the living processes that work on the store. */
export function processRoutes(app: FastifyInstance, replicas: ProcessesView): void {
  app.get('/api/processes', async () => {
    const items = (await replicas.processes()).map(({ member, self, card, inFlight }) => ({
      id: member.id,
      self,
      host: member.host,
      pid: member.pid,
      since: rfc3339(member.since),
      version: card?.version,
      ingress: card?.ingress,
      admin: card?.admin,
      inFlight,
      manifests: card?.manifests,
      manifestsSince: card === undefined ? undefined : rfc3339(card.manifestsAt),
    }))
    return { items, notes: notesOf(replicas.difference, []) }
  })
}

/** What whoever looks at one process has to know of the others. */
export function notesOf(
  difference: ManifestDifference | undefined,
  silent: readonly Member[],
): readonly string[] {
  const differing = difference === undefined ? [] : noteOf(difference)
  return [
    ...differing.map((note) => `manifests differ between processes: ${note}`),
    ...silent.map(
      ({ pid, host }) =>
        `process ${pid} on ${host} does not answer: what it has in flight is counted as waiting`,
    ),
  ]
}
