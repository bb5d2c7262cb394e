import type { Storage } from '@millrace/storage'
import type { LiveTopology } from './flow.ts'
import type { Channels } from './observability/channels.ts'

/**
 * Says how many deliveries were left without a trigger by a new topology; those that are under way end as
 * they would have.
 */
export async function countOrphaned(
  before: LiveTopology,
  after: LiveTopology,
  inFlight: (routeId: string) => number,
  storage: Pick<Storage, 'stats'>,
  { deliveriesRemoved }: Channels,
): Promise<void> {
  const removed = [...before.topology.routes.values()].filter(({ id }) => !after.topology.routes.has(id))
  if (removed.length === 0 || !deliveriesRemoved.hasSubscribers) return
  const underWay = new Map(removed.map(({ id }) => [id, inFlight(id)]))
  // a count is no reason for a topology not to stand
  const stats = await storage.stats().catch(() => [])
  const unsettled = new Map(stats.map((each) => [each.route, each.unsettled]))
  for (const route of removed) {
    const count = (unsettled.get(before.numberOf(route.id)) ?? 0) - (underWay.get(route.id) ?? 0)
    if (count > 0) deliveriesRemoved.publish({ route, result: 'orphaned', count })
  }
}
