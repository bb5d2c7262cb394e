import type { Refusal } from './storage.ts'

const retryAfterMs = 5_000

/** What an owner over its share is told, the same by every store. */
export function shareRefusal(owner: string, ownerBytes: number): Refusal {
  const detail = `${owner} has ${ownerBytes} bytes of events that are not delivered yet, its share of the store`
  return { kind: 'refused', reason: 'share', detail, retryAfterMs }
}

/** What everybody is told when all shares together are over the limit. */
export function totalRefusal(totalBytes: number): Refusal {
  const detail = `the store holds its limit of ${totalBytes} bytes of events that are not delivered yet`
  return { kind: 'refused', reason: 'full', detail, retryAfterMs }
}
