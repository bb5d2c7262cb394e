import type { AppendItem, AppendResult, Lease, Target } from '../storage.ts'
import type { MemoryImage, StoredDelivery } from './memory-image.ts'

/** Stores one event with all its deliveries. */
export function appendOne(image: MemoryImage, item: AppendItem, now: number): AppendResult {
  if (item.dedupe !== undefined) {
    const until = image.dedupe.get(item.dedupe.key)
    if (until !== undefined && until > now) return { kind: 'duplicate' }
    image.dedupe.set(item.dedupe.key, now + item.dedupe.keepMs)
  }
  if (item.to.length === 0 && item.archive === undefined) return { kind: 'stored', leases: [] }
  const event = image.events.add(item.owner, item.record, now, item.archive)
  const leases: Lease[] = []
  for (const target of item.to) {
    const lease = leasable(target, now)
    const delivery = image.addDelivery(event, { ...target, due: target.due ?? now }, lease)
    if (lease) leases.push(leaseOf(delivery, undefined))
  }
  return { kind: 'stored', leases }
}

/** Ordered deliveries and those that are not due yet are never leased by the append. */
function leasable(target: Target, now: number): boolean {
  return target.lease && target.key === undefined && (target.due === undefined || target.due <= now)
}

export function leaseOf(delivery: StoredDelivery, record: Uint8Array | undefined): Lease {
  const { id, route, attempts, firstAttempt, key } = delivery
  return { id, route, attempts, firstAttempt, interruptions: 0, key, record }
}
