import type { Target } from '@millrace/storage'

/** Ordered deliveries and those that are not due yet are never leased by the append. Both threads ask this. */
export function isLeasable(target: Target, now: number): boolean {
  return target.lease && target.key === undefined && (target.due === undefined || target.due <= now)
}
