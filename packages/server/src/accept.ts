import type { Addressable, EventRecord, Route } from '@millrace/core'
import type { AppendResult, Refusal, Storage } from '@millrace/storage'
import { prepareEvent } from './delivery/prepared-event.ts'
import type { Shipment, Windows } from './delivery/windows.ts'
import type { Flow } from './flow.ts'
import type { Channels } from './observability/channels.ts'

export type AcceptResult =
  | { readonly kind: 'accepted'; readonly matched: number }
  | { readonly kind: 'duplicate' }
  | Refusal

/** What a source says of an event beside the event. */
export interface Mark {
  /** The same key within `keepMs` of the first: it is not stored again. */
  readonly dedupe?: { readonly key: string; readonly keepMs: number }
}

/** Takes events in: routed once, stored with their deliveries, and only then accepted. */
export type Accept = (
  addressable: Addressable,
  records: readonly EventRecord[],
  mark?: Mark,
) => Promise<AcceptResult>

export interface AcceptOptions {
  readonly flow: Flow
  readonly storage: Pick<Storage, 'append' | 'health'>
  readonly windows: Windows
  readonly channels: Channels
}

interface Routed {
  readonly record: EventRecord
  readonly routes: readonly Route[]
}

/**
 * The one way into the store. Several records are accepted together or refused together.
 */
export function createAccept({ flow, storage, windows, channels }: AcceptOptions): Accept {
  return async function accept(addressable, given, mark) {
    const router = flow.current.router(addressable.path)
    if (router === undefined) return gone(addressable)
    const records = channels.eventArriving.hasSubscribers ? arriving(addressable, given, mark) : given
    const routed = records.map((record) => ({ record, routes: router.match(record.event.attributes) }))
    // an archive keeps what matches nothing too, and a second one of it is known
    const { archive, dedupeMs } = addressable
    const isKept = archive !== undefined || dedupeMs !== undefined
    const kept = isKept ? routed : routed.filter(({ routes }) => routes.length > 0)
    const shipments = kept.map(({ record, routes }) => {
      const { event, stored } = prepareEvent(record)
      const shipment = windows.ship(addressable.path, event, stored, routes, archive)
      const once = mark?.dedupe ?? sameEvent(addressable, record)
      return once === undefined ? shipment : { ...shipment, item: { ...shipment.item, dedupe: once } }
    })
    const results = shipments.length === 0 ? [] : await append(shipments)
    const refused = results.find((result): result is Refusal => result.kind === 'refused')
    if (refused !== undefined) {
      if (channels.eventRefused.hasSubscribers)
        for (const record of records) channels.eventRefused.publish({ record, detail: refused.detail })
      return refused
    }
    const known = new Set(kept.filter((_, index) => results[index]?.kind === 'duplicate'))
    for (const each of routed)
      if (known.size > 0 && known.has(each)) sayDuplicate(addressable, each)
      else sayAccepted(addressable, each)
    if (known.size > 0 && known.size === routed.length) return { kind: 'duplicate' }
    return { kind: 'accepted', matched: routed.filter(({ routes }) => routes.length > 0).length }
  }

  /** The records with what listeners let travel with them. */
  function arriving(addressable: Addressable, given: readonly EventRecord[], mark?: Mark): EventRecord[] {
    const origin = { kind: mark === undefined ? 'request' : 'source' } as const
    return given.map((record) => {
      const message = { addressable, origin, record }
      channels.eventArriving.publish(message)
      return message.record
    })
  }

  async function append(shipments: readonly Shipment[]): Promise<readonly AppendResult[]> {
    const beganAt = performance.now()
    let results: readonly AppendResult[] = []
    try {
      results = await storage.append(shipments.map(({ item }) => item))
    } finally {
      // an append that failed has stored nothing and gives its room back
      for (const [index, shipment] of shipments.entries())
        shipment.answered(results[index] ?? { kind: 'duplicate' })
    }
    if (channels.storeCommitted.hasSubscribers)
      channels.storeCommitted.publish({ ms: performance.now() - beganAt })
    return results
  }

  function sayAccepted(addressable: Addressable, { record, routes }: Routed): void {
    if (channels.eventAccepted.hasSubscribers)
      channels.eventAccepted.publish({ addressable, record, matched: routes })
    if (routes.length === 0 && channels.eventUnmatched.hasSubscribers)
      channels.eventUnmatched.publish({ addressable, record })
  }

  function sayDuplicate(addressable: Addressable, { record }: Routed): void {
    if (channels.eventDuplicate.hasSubscribers) channels.eventDuplicate.publish({ addressable, record })
  }
}

/** Where an addressable takes the same event once: what makes it the same (CloudEvents: source and id). */
function sameEvent({ path, dedupeMs }: Addressable, { event }: EventRecord): Mark['dedupe'] {
  if (dedupeMs === undefined) return undefined
  const { source, id } = event.attributes
  return { key: JSON.stringify([path, source, id]), keepMs: dedupeMs }
}

/** It left the topology while its event was being read: whoever sends again learns what stands in its place. */
function gone({ path }: Addressable): Refusal {
  const detail = `${path} is no longer in the manifests`
  return { kind: 'refused', reason: 'unavailable', detail, retryAfterMs: 1_000 }
}
