import type { ClaimRequest, ClaimResult, Lease, RouteStats } from '../storage.ts'
import { leaseOf } from './memory-appends.ts'
import type { MemoryImage } from './memory-image.ts'

/** Leases what is due on one route, in order of due time. An orphan's deliveries are held. */
export function claimOne(image: MemoryImage, request: ClaimRequest, now: number): ClaimResult {
  const { route } = request
  if (image.orphans.has(route)) return { route, leases: [], nextDue: undefined }
  const leases: Lease[] = []
  let bytes = 0
  let next = image.first(route)
  while (next !== undefined && next.due <= now && leases.length < request.max) {
    const { record } = next.event
    bytes += record?.length ?? 0
    if (leases.length > 0 && bytes > request.maxBytes) break
    next.state = 'leased'
    leases.push(leaseOf(next, record))
    next = image.first(route)
  }
  return { route, leases, nextDue: next?.due }
}

/** The routes that hold anything. */
export function statsOf(image: MemoryImage): RouteStats[] {
  const letters = new Map<number, number>()
  for (const { route } of image.deadLetters.values()) letters.set(route, (letters.get(route) ?? 0) + 1)
  const stats: RouteStats[] = []
  for (const { route } of image.routes.values()) {
    const { all, parked } = image.queueOf(route)
    const deadLetters = letters.get(route) ?? 0
    if (all.size === 0 && deadLetters === 0) continue
    const oldest = all.values().next().value?.event.appendedAt
    const nextDue = image.orphans.has(route) ? undefined : image.first(route)?.due
    stats.push({ route, unsettled: all.size, deadLetters, parked: parked.size, oldest, nextDue })
  }
  return stats
}
