import type { DeliveryQuery, ListedDelivery } from '@millrace/storage'
import { deliveryKey, leaseId } from '../lease-id.ts'
import type { ListedStep } from '../wire.ts'
import type { Steps } from './append.ts'
import { chunkSize } from './append.ts'
import { removeDelivery } from './deliveries.ts'
import { appendedAt, endPacked, packed, packedRecord } from './packs/packed-deliveries.ts'
import type { Packed } from './packs/packed-deliveries.ts'
import { allPacks, packBefore } from './packs/read-pack.ts'
import { despiteDamage } from './sqlite-error.ts'
import type { Store } from './store.ts'

/** A step ends with so many rows looked at, or so many bytes of records read: a few milliseconds. */
const rowsAStep = 1_000
const bytesAStep = 1024 * 1024

type Row = readonly [
  event: number,
  route: number,
  due: number,
  attempts: number,
  firstAttempt: number | null,
  key: string | null,
  /** Where it lies, if not in a row of its own. */
  at?: Packed,
]

interface EventRow {
  readonly owner: string
  readonly record: Uint8Array | undefined
}

/** Looks at some of what waits; the caller asks again from where it ended. */
export function listDeliveries(store: Store, query: DeliveryQuery): ListedStep {
  const { routes, limit } = query
  const wanted = routes === undefined ? undefined : new Set(routes)
  const items: ListedDelivery[] = []
  const start = startOf(store, query)
  if (start === undefined) return { items, at: undefined }
  const rows = inOrder(
    rowsAfter(store, query, start),
    query.key === undefined ? packedAfter(store, start) : [],
  )
  const needle = query.eventId === undefined ? undefined : idInRecord(query.eventId)
  const events = eventReader(store, needle)
  for (const row of rows) {
    const [event, route, , , , key, at] = row
    if (wanted?.has(route) === false || (query.key !== undefined && query.key !== key)) continue
    if (store.state.incomplete.has(event)) continue
    const found = events.read(event, at)
    if (found !== undefined) items.push(listed(store, row, found))
    if (items.length >= limit || events.bytes() > bytesAStep) return { items, at: leaseId(event, route) }
  }
  const last = rows.length < rowsAStep ? undefined : rows.at(-1)
  return { items, at: last === undefined ? undefined : leaseId(last[0], last[1]) }
}

/** In the order of appends; those of one key are found by their index. */
function rowsAfter(store: Store, { routes, key }: DeliveryQuery, start: readonly [number, number]): Row[] {
  const { sql } = store.connection
  const [only] = routes ?? []
  const rows =
    key !== undefined && only !== undefined && routes?.length === 1
      ? sql.keyDeliveries.all(only, key, start[1] < only ? start[0] - 1 : start[0], rowsAStep)
      : sql.deliveriesAfter.all(...start, rowsAStep)
  return rows as unknown as Row[]
}

/** As rows, in their order; those of a key are never packed. */
function packedAfter(store: Store, [event, route]: readonly [number, number]): Row[] {
  const rows: Row[] = []
  for (const stored of allPacks(store, (packBefore(store, event) ?? 1) - 1)) {
    const pack = store.state.packs.at(stored.id) ?? stored
    for (const [index, number] of pack.events.entries())
      for (const to of pack.routesOf(index).toSorted((left, right) => left - right))
        if (number > event || (number === event && to > route))
          rows.push([number, to, appendedAt(number), 0, null, null, { pack, index }])
    if (rows.length >= rowsAStep) break
  }
  return rows
}

/** The first of both, as many as one step looks at. */
function inOrder(rows: readonly Row[], ofPacks: readonly Row[]): readonly Row[] {
  if (ofPacks.length === 0) return rows
  return [...rows, ...ofPacks]
    .toSorted((left, right) => left[0] - right[0] || left[1] - right[1])
    .slice(0, rowsAStep)
}

/** Behind what was seen, and not before the oldest that the routes have; undefined: they have none. */
function startOf(store: Store, { routes, after }: DeliveryQuery): readonly [number, number] | undefined {
  const seen = after === undefined ? ([0, 0] as const) : deliveryKey(after)
  if (routes === undefined) return seen
  const counts = routes.flatMap((route) => store.state.counts.get(route) ?? [])
  const froms = counts.filter(({ unsettled }) => unsettled > 0).map(({ from }) => from)
  if (froms.length === 0) return undefined
  const oldest = Math.min(...froms)
  return oldest > seen[0] ? [oldest, 0] : seen
}

/** What a record holds that has this `id`; others may hold it, too. */
function idInRecord(eventId: string): Uint8Array {
  return new TextEncoder().encode(`"id":${JSON.stringify(eventId)}`)
}

function holds(record: Uint8Array | undefined, needle: Uint8Array): boolean {
  if (record === undefined) return false
  return Buffer.from(record.buffer, record.byteOffset, record.length).includes(Buffer.from(needle))
}

/** Reads each event once for all its deliveries; undefined: it is not meant. */
function eventReader(
  store: Store,
  needle: Uint8Array | undefined,
): { read: (event: number, at: Packed | undefined) => EventRow | undefined; bytes: () => number } {
  const { sql } = store.connection
  let last: { readonly event: number; readonly found: EventRow | undefined } | undefined
  let bytes = 0

  function rowOf(event: number): EventRow | undefined {
    const read = (): unknown =>
      needle === undefined ? sql.listedEvent.get(event) : sql.listedEventLike.get(event, needle)
    const row = despiteDamage(read) as readonly [string, unknown] | undefined
    if (row === undefined && needle !== undefined) return undefined
    return { owner: row?.[0] ?? '', record: row?.[1] instanceof Uint8Array ? row[1] : undefined }
  }

  function eventAt(at: Packed): EventRow | undefined {
    const record = despiteDamage(() => packedRecord(store, at))
    if (needle !== undefined && !holds(record, needle)) return undefined
    return { owner: at.pack.ownerOf(at.index), record }
  }

  return {
    read(event, at) {
      if (last?.event === event) return last.found
      const found = at === undefined ? rowOf(event) : eventAt(at)
      bytes += found?.record?.length ?? 0
      last = { event, found }
      return found
    },
    bytes: () => bytes,
  }
}

function listed(store: Store, row: Row, { owner, record }: EventRow): ListedDelivery {
  const [event, route, due, attempts, firstAttempt, key] = row
  return {
    id: leaseId(event, route),
    route,
    event: String(event),
    owner,
    state: stateOf(store, row),
    key: key ?? undefined,
    due: Math.abs(due),
    attempts,
    firstAttempt: firstAttempt ?? undefined,
    appendedAt: Math.floor(event / 1_000),
    record,
  }
}

function stateOf({ state }: Store, [event, route, due]: Row): ListedDelivery['state'] {
  if (state.isLeased(event, route)) return 'leased'
  if (due === 0) return 'parked'
  return due < 0 ? 'held' : 'waiting'
}

/** Drops those that are not leased. → which. */
export function* cancelDeliveries(store: Store, ids: readonly string[]): Steps<string[]> {
  const cancelled: string[] = []
  for (const [n, id] of ids.entries()) {
    if (n > 0 && n % chunkSize === 0) yield
    if (cancel(store, id)) cancelled.push(id)
  }
  return cancelled
}

function cancel(store: Store, id: string): boolean {
  const [event, route] = deliveryKey(id)
  const row = store.connection.sql.delivery.get(event, route) as readonly unknown[] | undefined
  if (row === undefined) return cancelPacked(store, event, route)
  if (store.state.isLeased(event, route) || store.state.incomplete.has(event)) return false
  return removeDelivery(store, event, route, (row[2] as string | null) ?? undefined)
}

function cancelPacked(store: Store, event: number, route: number): boolean {
  const at = packed(store, event)
  if (at?.pack.isWaiting(at.pack.delivery(at.index, route)) !== true) return false
  endPacked(store, at, route)
  return true
}
