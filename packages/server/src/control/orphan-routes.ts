import type { FastifyInstance } from 'fastify'
import type { RegisteredRoute, RouteNumber, RouteStats, Storage } from '@millrace/storage'
import { refuse } from './admin-problems.ts'
import { isNotOrphaned, redirectTarget } from './named-orphans.ts'
import { stringField } from './request-body.ts'
import { rfc3339 } from './rfc3339.ts'
import { routeIdentity } from './route-identity.ts'

export interface OrphanRoutesOptions {
  readonly storage: Pick<Storage, 'routes' | 'stats'>
}

/** Orphans: what waits for routes that are no longer in the manifests (design 2, rule 4). */
export function orphanRoutes(app: FastifyInstance, { storage }: OrphanRoutesOptions): void {
  app.get('/api/orphans', async () => {
    const [registered, stats] = await Promise.all([storage.routes.list(), storage.stats()])
    const byRoute = new Map(stats.map((each) => [each.route, each]))
    return { items: registered.flatMap((route) => orphan(route, byRoute) ?? []) }
  })

  app.post('/api/orphans/drop', async (request, reply) => {
    const id = stringField(request.body, 'id')
    if (id === undefined)
      return refuse(reply, 'admin-bad-request', 'the body has to be {"id": "…"}, an id of /api/orphans')
    const found = await find(id)
    if (found === undefined) return refuse(reply, 'admin-no-such-orphan', `no route has the id ${id}`)
    if (found.orphanedSince === undefined) return refuse(reply, 'admin-not-an-orphan', isNotOrphaned(id))
    return { dropped: await storage.routes.drop(found.route) }
  })

  app.post('/api/orphans/redirect', async (request, reply) => {
    const id = stringField(request.body, 'id')
    const to = stringField(request.body, 'to')
    if (id === undefined || to === undefined)
      return refuse(reply, 'admin-bad-request', 'the body has to be {"id": "…", "to": "NAMESPACE/NAME"}')
    const registered = await storage.routes.list()
    const found = registered.find((route) => route.id === id)
    if (found === undefined) return refuse(reply, 'admin-no-such-orphan', `no route has the id ${id}`)
    if (found.orphanedSince === undefined) return refuse(reply, 'admin-not-an-orphan', isNotOrphaned(id))
    const target = redirectTarget(registered, to)
    if (typeof target === 'string') return refuse(reply, 'admin-no-such-route', target)
    return { redirected: await storage.routes.redirect(found.route, target) }
  })

  async function find(id: string): Promise<RegisteredRoute | undefined> {
    return (await storage.routes.list()).find((route) => route.id === id)
  }
}

function orphan({ route, id, orphanedSince }: RegisteredRoute, stats: ReadonlyMap<RouteNumber, RouteStats>) {
  const { unsettled = 0, oldest } = stats.get(route) ?? {}
  if (orphanedSince === undefined || unsettled === 0) return undefined
  return {
    id,
    ...routeIdentity(id),
    waiting: unsettled,
    since: rfc3339(orphanedSince),
    oldest: oldest === undefined ? undefined : rfc3339(oldest),
  }
}
