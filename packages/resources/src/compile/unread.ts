import type { Topology } from '@millrace/core'
import type { Finding } from '../finding.ts'
import { isBroker } from '../kinds/broker/broker.schema.ts'
import { isChannel } from '../kinds/channel/channel.schema.ts'
import type { Resource } from '../resource.ts'
import { pathOf } from './directory.ts'
import { warning } from './warning.ts'

/** Warns of Brokers and channels that nothing reads: what they accept is gone. */
export function findUnread(resources: readonly Resource[], { addressables }: Topology): Finding[] {
  return resources.flatMap((resource) => {
    const reader = isBroker(resource) ? 'Trigger' : isChannel(resource) ? 'Subscription' : undefined
    const { namespace, name } = resource.metadata
    const routes = addressables.get(pathOf(namespace, name))?.routes
    if (reader === undefined || routes === undefined || routes.length > 0) return []
    const message = `nothing reads this ${resource.kind}: it takes events and drops them; declare a ${reader} of it, or leave it out`
    return [warning(resource, 'metadata.name', message)]
  })
}
