import type { Refusal, StorageHealth, StorageLimits } from '@millrace/storage'
import { shareRefusal, totalRefusal } from '@millrace/storage'

const retryAfterMs = 1_000
const fullRetryAfterMs = 5_000
/** As often as it is tried again. */
const unconfirmedRetryAfterMs = 3_000

/** The store takes nothing now. */
export function refusedNow(health: StorageHealth): Refusal {
  const detail = 'detail' in health ? health.detail : 'the connection to Redis was lost'
  if (health.kind === 'unconfirmed')
    return { kind: 'refused', reason: 'unavailable', detail, retryAfterMs: unconfirmedRetryAfterMs }
  return health.kind === 'full'
    ? { kind: 'refused', reason: 'full', detail, retryAfterMs: fullRetryAfterMs }
    : { kind: 'refused', reason: 'unavailable', detail, retryAfterMs }
}

export function refusalOf(reason: 'share' | 'full', owner: string, limits: StorageLimits): Refusal {
  return reason === 'share'
    ? shareRefusal(owner, limits.ownerBytes ?? 0)
    : totalRefusal(limits.totalBytes ?? 0)
}
