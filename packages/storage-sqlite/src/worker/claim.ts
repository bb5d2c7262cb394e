import type { ClaimRequest, RouteStats } from '@millrace/storage'
import type { Claimed } from '../wire.ts'
import { orStuck } from './deliveries.ts'
import { appendedAt, leasePacked, packedRecord, packsOf } from './packs/packed-deliveries.ts'
import type { Packed } from './packs/packed-deliveries.ts'
import { despiteDamage } from './sqlite-error.ts'
import type { Store } from './store.ts'

/** A delivery that can be leased. */
interface Free {
  readonly due: number
  readonly event: number
  /** Where it lies, if not in a row of its own. */
  readonly at?: Packed
}

type Row = readonly unknown[]
type Columns = readonly [attempts: number, firstAttempt: number | null, key: string | null]
/** Of what lies in a pack. */
const untried: Columns = [0, null, null]

/** By their events: those that several routes are given are read and sent once. */
type Records = Map<number, Uint8Array<ArrayBuffer>>

/** Leases what is due on each of these routes. Nothing is written. */
export function claim(store: Store, requests: readonly ClaimRequest[], now: number): Claimed[] {
  const known: Records = new Map()
  return requests.map((request) => claimRoute(store, request, now, known))
}

/** In order of due time. */
function claimRoute(store: Store, request: ClaimRequest, now: number, known: Records): Claimed {
  const { route } = request
  const leases: (number | string | null)[] = []
  const records: (Uint8Array<ArrayBuffer> | null)[] = []
  // Where the route's own pages are damaged, it has what was found so far, and other routes go on.
  const nextDue = despiteDamage(() => claimInto(leases, records, store, request, now, known))
  return { route, nextDue, leases, records }
}

/** → when the next is due. */
function claimInto(
  leases: (number | string | null)[],
  records: (Uint8Array<ArrayBuffer> | null)[],
  store: Store,
  { route, max, maxBytes }: ClaimRequest,
  now: number,
  known: Records,
): number | undefined {
  let bytes = 0
  for (const free of freeDeliveries(store, route)) {
    const due = Math.min(free.due, free.at === undefined ? Infinity : now)
    if (due > now || records.length >= max) return due
    const columns = free.at === undefined ? columnsOf(store, free.event, route) : untried
    if (columns === undefined) continue
    const record = recordOf(store, free, known)
    bytes += record?.length ?? 0
    if (records.length > 0 && bytes > maxBytes) return due
    leases.push(free.event, ...columns)
    records.push(record)
    if (free.at === undefined) store.state.lease(free.event, route)
    else leasePacked(store, free.at, route)
  }
  return undefined
}

/** What is neither leased, nor held by its key or parked, nor still being written. An orphan's are all held. */
function* freeDeliveries(store: Store, route: number): Generator<Free> {
  if (store.state.routes.get(route)?.orphanedSince !== undefined) return
  const rows = freeRows(store, route)
  const packs = freePacked(store, route)
  try {
    let row = rows.next()
    let packed = packs.next()
    while (row.done !== true || packed.done !== true) {
      if (packed.done === true || (row.done !== true && isEarlier(row.value, packed.value))) {
        if (row.done !== true) yield row.value
        row = rows.next()
      } else {
        yield packed.value
        packed = packs.next()
      }
    }
  } finally {
    // a statement that is not at its end holds on to the WAL
    rows.return(undefined)
  }
}

function isEarlier(left: Free, right: Free): boolean {
  return left.due < right.due || (left.due === right.due && left.event < right.event)
}

function* freeRows({ state, connection }: Store, route: number): Generator<Free, undefined, undefined> {
  for (const row of connection.sql.dueOf.iterate(route)) {
    const [due, event] = row as unknown as readonly [number, number]
    if (!state.isLeased(event, route) && !state.incomplete.has(event)) yield { due, event }
  }
}

function* freePacked(store: Store, route: number): Generator<Free> {
  const count = store.state.countOf(route)
  let allLeased = true
  for (const pack of packsOf(store, route, count.packsFrom)) {
    for (const [index, delivery] of pack.deliveriesOf(route)) {
      if (!pack.isWaiting(delivery)) continue
      allLeased = false
      const event = pack.events[index]!
      yield { due: appendedAt(event), event, at: { pack, index } }
    }
    if (allLeased) count.packsFrom = pack.last + 1
  }
}

function columnsOf(store: Store, event: number, route: number): Columns | undefined {
  return store.connection.sql.delivery.get(event, route) as Columns | undefined
}

function recordOf(store: Store, { event, at }: Free, known: Records): Uint8Array<ArrayBuffer> | null {
  const record = known.get(event) ?? (at === undefined ? read(store, event) : readPacked(store, at))
  if (record !== null) known.set(event, record)
  return record
}

/** A record that is gone, or lies in a damaged page, is a lease without one: its caller sets it aside. */
function read(store: Store, event: number): Uint8Array<ArrayBuffer> | null {
  const { sql } = store.connection
  const row = despiteDamage(() => orStuck(store, event, () => sql.record.get(event))) as Row | undefined
  return row?.[0] instanceof Uint8Array ? own(row[0]) : null
}

function readPacked(store: Store, at: Packed): Uint8Array<ArrayBuffer> | null {
  const record = despiteDamage(() => packedRecord(store, at))
  return record === undefined ? null : new Uint8Array(record)
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
  for (const { due } of freeDeliveries(store, route)) return due
  return undefined
}

/** An event's number tells when it was appended. What is not found now need not be looked for again. */
function oldestOf(store: Store, route: number): number | undefined {
  const count = store.state.countOf(route)
  const inPacks = oldestPacked(store, route)
  const row = store.connection.sql.oldest.get(count.from, inPacks, route) as readonly number[] | undefined
  const event = row?.[0] ?? inPacks
  if (event === Number.MAX_SAFE_INTEGER) return undefined
  count.from = event
  return Math.floor(event / 1_000)
}

function oldestPacked(store: Store, route: number): number {
  for (const pack of packsOf(store, route))
    for (const [index, delivery] of pack.deliveriesOf(route))
      if (pack.isLeft(delivery)) return pack.events[index]!
  return Number.MAX_SAFE_INTEGER
}
