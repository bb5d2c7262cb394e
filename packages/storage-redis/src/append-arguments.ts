import type { AppendItem, Lease, StorageLimits, Target } from '@millrace/storage'
import type { Argument } from './command.ts'
import { deliveryId } from './event-id.ts'

/** A dedupe key outlives its time by so much, so that clocks that differ do not end it early. */
const dedupeSlackMs = 60_000

/** Ordered deliveries and those that are not due yet are never leased by the append. */
export function isLeasable(target: Target, now: number): boolean {
  return target.lease && target.key === undefined && (target.due === undefined || target.due <= now)
}

/** A plain XADD will do: everything is leased, and nothing else is asked for. */
export function isPlain(item: AppendItem, now: number): boolean {
  const { dedupe, archive, to } = item
  return dedupe === undefined && archive === undefined && to.every((target) => isLeasable(target, now))
}

/** The routes of a log's entry: `ROUTE ROUTE@DUE`. */
export function leasedRoutes(item: AppendItem, now: number): string {
  const leased = item.to.filter((target) => isLeasable(target, now))
  return leased.map(({ route, due }) => (due === undefined ? `${route}` : `${route}@${due}`)).join(' ')
}

/** One event in the order in which `storeEvent` (delivery.lua) reads it. */
export function appendArguments(
  item: AppendItem,
  id: string,
  now: number,
  limits?: { readonly ofStore: StorageLimits | undefined; readonly hold: boolean },
): readonly Argument[] {
  const { owner, record, dedupe, archive, to } = item
  const waiting = to.filter((target) => !isLeasable(target, now))
  return [
    id,
    owner,
    record,
    now,
    dedupe?.key ?? '',
    now,
    dedupe === undefined ? '' : now + dedupe.keepMs,
    dedupe === undefined ? '' : Math.ceil(dedupe.keepMs) + dedupeSlackMs,
    archive === undefined ? '' : now + archive.keepMs,
    archive?.eventId ?? '',
    limits?.ofStore === undefined ? '0' : '1',
    limits?.ofStore === undefined || !limits.hold || to.length === 0 ? '0' : '1',
    limits?.ofStore?.ownerBytes ?? '',
    limits?.ofStore?.totalBytes ?? '',
    leasedRoutes(item, now),
    waiting.length,
    ...waiting.flatMap(({ route, due, key }) => [
      route,
      due ?? now,
      key === undefined ? '0' : '1',
      key ?? '',
    ]),
  ]
}

/** The leases that an append gives, once it is stored. */
export function freshLeases({ to }: AppendItem, id: string, now: number): readonly Lease[] {
  return to
    .filter((target) => isLeasable(target, now))
    .map(({ route }) => ({
      id: deliveryId(id, route),
      route,
      attempts: 0,
      firstAttempt: undefined,
      interruptions: 0,
      key: undefined,
      record: undefined,
    }))
}
