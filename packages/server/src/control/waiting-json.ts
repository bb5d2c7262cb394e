import { structuredText, type Route } from '@millrace/core'
import type { ListedDelivery, RegisteredRoute, RouteNumber } from '@millrace/storage'
import { deliveryState, headOf } from './journey.ts'
import { rfc3339 } from './rfc3339.ts'
import { routeIdentity } from './route-identity.ts'
import { storedRecord } from '../stored-record.ts'

export interface WaitingContext {
  readonly registered: readonly RegisteredRoute[]
  readonly routeOf: (number: RouteNumber) => Route | undefined
  readonly isPaused: (routeId: string) => boolean
  readonly nowMs: number
  /** The records are whole. */
  readonly data: boolean
}

/** What waits, each as JSON text; the event is put in as it is written, without its data unless asked for. */
export function waitingJson(items: readonly ListedDelivery[], context: WaitingContext): string {
  const ids = new Map(context.registered.map(({ route, id }) => [route, id]))
  return items.map((item) => itemJson(item, ids.get(item.route) ?? '', context)).join(',')
}

function itemJson(item: ListedDelivery, routeId: string, context: WaitingContext): string {
  const { id, owner, route, key, due, attempts, firstAttempt, appendedAt, record } = item
  const { kind, namespace, name, role } = routeIdentity(routeId)
  const isOrphan = context.routeOf(route) === undefined
  const facts = {
    id,
    addressable: owner,
    trigger: name,
    namespace,
    kind,
    ...(role !== 'subscriber' && { to: role }),
    state: isOrphan ? 'orphaned' : deliveryState(item, context.isPaused(routeId), context.nowMs),
    ...(due > 0 && { due: rfc3339(due) }),
    ...(key !== undefined && { key }),
    attempts,
    ...(firstAttempt !== undefined && { firstAttempt: rfc3339(firstAttempt) }),
    acceptedAt: rfc3339(appendedAt),
  }
  return `${JSON.stringify(facts).slice(0, -1)},"event":${eventText(record, context.data)}}`
}

function eventText(record: Uint8Array | undefined, data: boolean): string {
  const read = record === undefined ? undefined : data ? storedRecord(record) : headOf(record)
  return read === undefined ? 'null' : structuredText(read.event)
}
