import { reasonAttribute, type Destination } from '@millrace/core'
import type { HeldDelivery, RouteQueue } from './route-queue.ts'

/** Why a delivery is a dead letter without an attempt: its source could not read it, and its route sets that aside. */
export function reasonToSetAside({
  queue: { route },
  event,
}: Pick<HeldDelivery, 'queue' | 'event'>): string | undefined {
  const reason = route.setsAside === true ? event.record.event.attributes[reasonAttribute] : undefined
  return reason === undefined ? undefined : String(reason)
}

/** Where the next delivery is attempted; undefined: it ends within the store, as what is set aside does. */
export function attemptedAt({
  route: { destination },
  ready: [next],
}: RouteQueue): Exclude<Destination, { kind: 'addressable' }> | undefined {
  const isAside = next !== undefined && reasonToSetAside(next) !== undefined
  return isAside || destination?.kind === 'addressable' ? undefined : destination
}
