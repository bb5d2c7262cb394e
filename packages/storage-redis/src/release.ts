import type { Lease } from '@millrace/storage'
import { script } from './command.ts'
import { deliveryKey } from './event-id.ts'
import type { DeliveryKey } from './event-id.ts'
import type { Store } from './store.ts'

/** Gives leases back. While the store is away they are only forgotten: it learns it when it is back. */
export function release(store: Store, leases: readonly Lease[]): Promise<void> {
  const { session, keys, leases: table } = store
  session.assertOpen()
  const own: DeliveryKey[] = []
  for (const { id } of leases) {
    const key = deliveryKey(id)
    if (key !== undefined && table.take(key.event, key.route) !== undefined) own.push(key)
  }
  if (own.length === 0) return Promise.resolve()
  return new Promise((resolve, reject) =>
    session.submit({
      commands(process) {
        for (const { event } of own) {
          const held = table.made(event)
          if (held !== undefined) held.place = 'outside'
        }
        const { log, marks, claims } = process.keys
        const args = own.flatMap(({ event, route }) => [event, route])
        return [script('release', [log, marks, claims], [keys.prefix, ...args])]
      },
      answered: ([reply]) => (reply?.kind === 'error' ? reject(reply.error) : resolve()),
      away: () => resolve(),
    }),
  )
}
