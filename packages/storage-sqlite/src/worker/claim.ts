import type { ClaimRequest, RouteStats } from '@millrace/storage'
import type { Claimed } from '../wire.ts'
import { orStuck } from './deliveries.ts'
import { despiteDamage } from './sqlite-error.ts'
import type { Store } from './store.ts'

interface Found {
  readonly columns: Columns
  readonly record: Uint8Array<ArrayBuffer> | null
}

type Row = readonly unknown[]
type Columns = readonly [attempts: number, firstAttempt: number | null, key: string | null]

/** Leases what is due on one route, in order of due time. Nothing is written. */
export function claimRoute(store: Store, request: ClaimRequest, now: number): Claimed {
  const { route } = request
  const leases: (number | string | null)[] = []
  const records: (Uint8Array<ArrayBuffer> | null)[] = []
  // Where the route's own pages are damaged, it has what was found so far, and other routes go on.
  const nextDue = despiteDamage(() => claimInto(leases, records, store, request, now))
  return { route, nextDue, leases, records }
}

/** → when the next is due. */
function claimInto(
  leases: (number | string | null)[],
  records: (Uint8Array<ArrayBuffer> | null)[],
  store: Store,
  { route, max, maxBytes }: ClaimRequest,
  now: number,
): number | undefined {
  let bytes = 0
  for (const [due, event] of freeDeliveries(store, route)) {
    if (due > now || records.length >= max) return due
    const found = read(store, event, route)
    if (found === undefined) continue
    bytes += found.record?.length ?? 0
    if (records.length > 0 && bytes > maxBytes) return due
    leases.push(event, ...found.columns)
    records.push(found.record)
    store.state.lease(event, route)
  }
  return undefined
}

/** What is neither leased, nor held by its key or parked, nor still being written. An orphan's are all held. */
function* freeDeliveries(store: Store, route: number): Generator<readonly [due: number, event: number]> {
  const { state, connection } = store
  if (state.routes.get(route)?.orphanedSince !== undefined) return
  for (const row of connection.sql.dueOf.iterate(route)) {
    const [due, event] = row as unknown as readonly [number, number]
    if (!state.isLeased(event, route) && !state.incomplete.has(event)) yield [due, event]
  }
}

/** A record that is gone, or lies in a damaged page, is a lease without one: its caller sets it aside. */
function read(store: Store, event: number, route: number): Found | undefined {
  const { sql } = store.connection
  const columns = sql.delivery.get(event, route) as Columns | undefined
  if (columns === undefined) return undefined
  const row = despiteDamage(() => orStuck(store, event, () => sql.record.get(event))) as Row | undefined
  return { columns, record: row?.[0] instanceof Uint8Array ? own(row[0]) : null }
}

/** With a buffer of its own, so that it can be transferred. */
function own(record: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = record
  return buffer instanceof ArrayBuffer && buffer.byteLength === record.length
    ? new Uint8Array(buffer)
    : new Uint8Array(record)
}

/** The routes that hold anything. */
export function readStats(store: Store): RouteStats[] {
  const stats: RouteStats[] = []
  const parkedCounts = store.connection.sql.parkedCounts.all() as unknown as (readonly [number, number])[]
  const parkedOf = new Map(parkedCounts)
  for (const [route, count] of [...store.state.counts].toSorted(([left], [right]) => left - right)) {
    const { unsettled, deadLetters } = count
    if (unsettled === 0 && deadLetters === 0) continue
    const oldest = unsettled === 0 ? undefined : oldestOf(store, route)
    const nextDue = unsettled === 0 ? undefined : firstDue(store, route)
    const parked = parkedOf.get(route) ?? 0
    stats.push({ route, unsettled, deadLetters, parked, oldest, nextDue })
  }
  return stats
}

function firstDue(store: Store, route: number): number | undefined {
  for (const [due] of freeDeliveries(store, route)) return due
  return undefined
}

/** An event's number tells when it was appended. What is not found now need not be looked for again. */
function oldestOf(store: Store, route: number): number | undefined {
  const count = store.state.countOf(route)
  const row = store.connection.sql.oldest.get(count.from, route) as readonly number[] | undefined
  const event = row?.[0]
  if (event === undefined) return undefined
  count.from = event
  return Math.floor(event / 1_000)
}
