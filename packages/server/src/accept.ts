import type { Addressable, EventRecord, Route } from '@millrace/core'
import type { Advance, AppendResult, Refusal, Storage } from '@millrace/storage'
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
  /** The key of routes that are ordered by their source. */
  readonly order?: string
}

/** Takes events in: routed once, stored with their deliveries, and only then accepted. */
export type Accept = (addressable: Addressable, records: readonly EventRecord[]) => Promise<AcceptResult>

export interface MarkedRecord {
  readonly record: EventRecord
  readonly mark: Mark
}

/**
 * The same of a source: → for each, whether it was known; all are refused where one is. Where a checkpoint moves
 * with them, that alone says what is known.
 */
export type AcceptEach = (
  addressable: Addressable,
  items: readonly MarkedRecord[],
  advance?: Advance,
) => Promise<readonly AcceptResult[]>

/** How many of so many events one of the routes has room for, once it has (delivery/read-ahead.ts). */
export type RoomFor = (routes: readonly Route[], wanted: number) => Promise<number>

export interface AcceptOptions {
  readonly flow: Flow
  readonly storage: Pick<Storage, 'append' | 'health'>
  readonly windows: Windows
  readonly channels: Channels
}

interface Routed extends MarkedRecord {
  readonly routes: readonly Route[]
}

const noMark: Mark = {}
const duplicate = { kind: 'duplicate' } as const
const unmatched: AcceptResult = { kind: 'accepted', matched: 0 }
const delivered: AcceptResult = { kind: 'accepted', matched: 1 }

/**
 * The one way into the store. Several records are accepted together or refused together.
 */
export function createAccept({ flow, storage, windows, channels }: AcceptOptions): {
  readonly accept: Accept
  readonly acceptEach: AcceptEach
} {
  return { accept, acceptEach }

  function accept(addressable: Addressable, given: readonly EventRecord[]): Promise<AcceptResult> {
    try {
      return acceptAll(addressable, given)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Not `async`, nor what it calls: each promise costs every event. */
  function acceptAll(addressable: Addressable, given: readonly EventRecord[]): Promise<AcceptResult> {
    const routed = route(addressable, arriving(addressable, given, 'request'))
    if (routed === undefined) return Promise.resolve(gone(addressable))
    return store(addressable, routed).then((results): AcceptResult => {
      const refused = results.find((result): result is Refusal => result?.kind === 'refused')
      if (refused !== undefined) {
        for (const { record } of routed) sayRefused(record, refused)
        return refused
      }
      for (const [index, each] of routed.entries()) say(addressable, each, results[index])
      if (results.length > 0 && results.every((result) => result?.kind === 'duplicate')) return duplicate
      return { kind: 'accepted', matched: routed.filter(({ routes }) => routes.length > 0).length }
    })
  }

  async function acceptEach(
    addressable: Addressable,
    given: readonly MarkedRecord[],
    advance?: Advance,
  ): Promise<readonly AcceptResult[]> {
    const records = arriving(
      addressable,
      given.map(({ record }) => record),
      'source',
    )
    const routed = route(addressable, records, given)
    if (routed === undefined) return given.map(() => gone(addressable))
    const results = await store(addressable, routed, advance)
    return routed.map((each, index) => {
      const result = results[index]
      say(addressable, each, result)
      if (result?.kind === 'refused' || result?.kind === 'duplicate') return result
      return each.routes.length > 0 ? delivered : unmatched
    })
  }

  function route(
    { path }: Addressable,
    records: readonly EventRecord[],
    marked?: readonly MarkedRecord[],
  ): Routed[] | undefined {
    const router = flow.current.router(path)
    if (router === undefined) return undefined
    return records.map((record, index) => ({
      record,
      mark: marked?.[index]?.mark ?? noMark,
      routes: router.match(record.event.attributes),
    }))
  }

  /** → the store's answers; undefined for what nothing asks to be kept. */
  function store(
    addressable: Addressable,
    routed: readonly Routed[],
    advance?: Advance,
  ): Promise<readonly (AppendResult | undefined)[]> {
    // an archive keeps what matches nothing too, a second one of it is known, and a position passes it
    const { archive, dedupeMs } = addressable
    const isKept = archive !== undefined || dedupeMs !== undefined || advance !== undefined
    const kept = isKept ? routed : routed.filter(({ routes }) => routes.length > 0)
    const shipments = kept.map(({ record, mark, routes }) => {
      const { event, stored } = prepareEvent(record)
      const shipment = windows.ship(addressable.path, event, stored, routes, archive, mark.order)
      const once = mark.dedupe ?? (advance === undefined ? sameEvent(addressable, record) : undefined)
      return once === undefined ? shipment : { ...shipment, item: { ...shipment.item, dedupe: once } }
    })
    if (shipments.length === 0 && advance === undefined) return Promise.resolve([])
    if (kept.length === routed.length) return append(shipments, advance)
    return append(shipments).then((results) => {
      let at = 0
      return routed.map(({ routes }) => (routes.length > 0 ? results[at++] : undefined))
    })
  }

  /** The records with what listeners let travel with them. */
  function arriving(
    addressable: Addressable,
    given: readonly EventRecord[],
    kind: 'request' | 'source',
  ): readonly EventRecord[] {
    if (!channels.eventArriving.hasSubscribers) return given
    return given.map((record) => {
      const message = { addressable, origin: { kind }, record }
      channels.eventArriving.publish(message)
      return message.record
    })
  }

  function append(shipments: readonly Shipment[], advance?: Advance): Promise<readonly AppendResult[]> {
    const beganAt = performance.now()
    const items = shipments.map(({ item }) => item)
    return storage.append(items, advance).then(
      (results) => {
        answer(shipments, results)
        if (channels.storeCommitted.hasSubscribers)
          channels.storeCommitted.publish({ ms: performance.now() - beganAt })
        return results
      },
      (error: unknown) => {
        // an append that failed has stored nothing and gives its room back
        answer(shipments, [])
        throw error
      },
    )
  }

  function say(addressable: Addressable, each: Routed, result: AppendResult | undefined): void {
    if (result?.kind === 'refused') sayRefused(each.record, result)
    else if (result?.kind === 'duplicate') sayDuplicate(addressable, each)
    else sayAccepted(addressable, each)
  }

  function sayRefused(record: EventRecord, { detail }: Refusal): void {
    if (channels.eventRefused.hasSubscribers) channels.eventRefused.publish({ record, detail })
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

function answer(shipments: readonly Shipment[], results: readonly AppendResult[]): void {
  for (let index = 0; index < shipments.length; index += 1)
    shipments[index]!.answered(results[index] ?? duplicate)
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
