import { removeDelivery } from './deliveries.ts'
import { endPacked, packed } from './packs/packed-deliveries.ts'
import type { Store } from './store.ts'

/** Takes an event away with all its deliveries, as if it had never been stored. */
export function removeEvent(store: Store, event: number): void {
  const { sql } = store.connection
  const at = sql.hasEvent.get(event) === undefined ? packed(store, event) : undefined
  if (at !== undefined) {
    for (const route of at.pack.routesOf(at.index)) endPacked(store, at, route)
    return
  }
  const deliveries = sql.deliveriesOf.all(event) as unknown as (readonly [number, string | null])[]
  for (const [route, key] of deliveries) {
    removeDelivery(store, event, route, key ?? undefined)
    store.state.endLease(event, route)
  }
  sql.deleteEvent.run(event)
}
