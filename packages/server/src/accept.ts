import type { Addressable, EventRecord } from '@millrace/core'
import type { AppendResult, Refusal, Storage } from '@millrace/storage'
import { prepareEvent } from './delivery/prepared-event.ts'
import type { Windows } from './delivery/windows.ts'
import type { Flow } from './flow.ts'
import type { Channels } from './observability/channels.ts'

export type AcceptResult =
  | { readonly kind: 'accepted'; readonly matched: number }
  | { readonly kind: 'duplicate' }
  | Refusal

/** Takes events in: routed once, stored with their deliveries, and only then accepted. */
export type Accept = (addressable: Addressable, records: readonly EventRecord[]) => Promise<AcceptResult>

export interface AcceptOptions {
  readonly flow: Flow
  readonly storage: Pick<Storage, 'append' | 'health'>
  readonly windows: Windows
  readonly channels: Channels
}

/**
 * The one way into the store. Several records are accepted together or refused together; where the store
 * refuses in the midst of them, those that were stored are delivered all the same (the producer repeats).
 */
export function createAccept({ flow, storage, windows, channels }: AcceptOptions): Accept {
  return async function accept(addressable, records) {
    const router = flow.current.router(addressable.path)
    if (router === undefined) return gone(addressable)
    const routed = records.map((record) => ({ record, routes: router.match(record.event.attributes) }))
    const matched = routed.filter(({ routes }) => routes.length > 0)
    const shipments = matched.map(({ record, routes }) => {
      const { event, stored } = prepareEvent(record)
      return windows.ship(addressable.path, event, stored, routes)
    })
    if (shipments.length > 0) {
      let results: readonly AppendResult[] = []
      try {
        results = await storage.append(shipments.map(({ item }) => item))
      } finally {
        // an append that failed has stored nothing and gives its room back
        for (const [index, shipment] of shipments.entries())
          shipment.answered(results[index] ?? { kind: 'duplicate' })
      }
      const refused = results.find((result): result is Refusal => result.kind === 'refused')
      if (refused !== undefined) return refused
      if (allDuplicates(results)) return { kind: 'duplicate' }
    }
    for (const { record, routes } of routed) {
      if (channels.eventAccepted.hasSubscribers)
        channels.eventAccepted.publish({ addressable, record, matched: routes })
      if (routes.length === 0 && channels.eventUnmatched.hasSubscribers)
        channels.eventUnmatched.publish({ addressable, record })
    }
    return { kind: 'accepted', matched: matched.length }
  }
}

/** It left the topology while its event was being read: whoever sends again learns what stands in its place. */
function gone({ path }: Addressable): Refusal {
  const detail = `${path} is no longer in the manifests`
  return { kind: 'refused', reason: 'unavailable', detail, retryAfterMs: 1_000 }
}

function allDuplicates(results: readonly AppendResult[]): boolean {
  return results.every(({ kind }) => kind === 'duplicate')
}
