import type { Lease, SettleResult } from '@millrace/storage'
import type { DeliveryKey } from './event-id.ts'
import type { HeldEvent } from './leases.ts'

/** A lease that is being settled. */
export interface Asked extends DeliveryKey {
  readonly held: HeldEvent
  readonly lease: Lease
  readonly resolve: (result: SettleResult) => void
  readonly reject: (error: Error) => void
}
