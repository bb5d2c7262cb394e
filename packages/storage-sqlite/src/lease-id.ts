import type { Lease, RouteNumber } from '@millrace/storage'
import type { DeliveryKey } from './wire.ts'

/** `EVENT-ROUTE`: the two numbers by which the delivery is found in the database. */
export function leaseId(event: number, route: RouteNumber): string {
  return `${event}-${route}`
}

export function deliveryKey(id: string): DeliveryKey {
  const dash = id.indexOf('-')
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))]
}

/** The lease of a delivery that has just been appended. */
export function freshLease(event: number, route: RouteNumber): Lease {
  return {
    id: leaseId(event, route),
    route,
    attempts: 0,
    firstAttempt: undefined,
    interruptions: 0,
    key: undefined,
    record: undefined,
  }
}
