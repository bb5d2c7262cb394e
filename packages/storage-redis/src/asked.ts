import type { Lease, SettleResult } from '@millrace/storage'
import type { DeliveryKey } from './event-id.ts'
import type { HeldEvent } from './leases.ts'
import type { Store } from './store.ts'

/** A lease that is being settled. */
export interface Asked extends DeliveryKey {
  readonly held: HeldEvent
  readonly lease: Lease
  readonly resolve: (result: SettleResult) => void
  readonly reject: (error: Error) => void
}

/**
 * The store has refused to settle these, for a reason that nobody has thought of: they are held as before, and
 * the caller may settle them in another way. Where they are now is read from the store.
 */
export function failSettles({ leases, session }: Store, all: readonly Asked[], error: Error): void {
  for (const { held, lease, reject } of all) {
    leases.add(held, [lease])
    reject(error)
  }
  session.lose(`an outcome could not be settled: ${error.message}`)
}
