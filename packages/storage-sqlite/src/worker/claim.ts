import type { ClaimRequest, RouteStats } from '@millrace/storage'
import type { Claimed, Word } from '../wire.ts'
import { isDamage } from './sqlite-error.ts'
import type { Store } from './store.ts'

interface Found {
  readonly attempts: number
  readonly firstAttempt: number | null
  readonly key: string | null
  readonly record: Uint8Array<ArrayBuffer> | null
}

/** Leases what is due on one route, in order of due time. Nothing is written. */
export function claimRoute(store: Store, request: ClaimRequest, now: number): Claimed {
  const { route } = request
  const leases: Word[] = []
  const records: (Uint8Array<ArrayBuffer> | null)[] = []
  let bytes = 0
  for (const [due, event] of freeDeliveries(store, route)) {
    if (due > now || records.length >= request.max) return { route, nextDue: due, leases, records }
    const found = read(store, event, route)
    bytes += found.record?.length ?? 0
    if (records.length > 0 && bytes > request.maxBytes) return { route, nextDue: due, leases, records }
    leases.push(event, found.attempts, found.firstAttempt, found.key)
    records.push(found.record)
    store.state.lease(event, route)
  }
  return { route, nextDue: undefined, leases, records }
}

/** What is neither leased, nor held by its key, nor still being written. An orphan's are all held. */
function* freeDeliveries(store: Store, route: number): Generator<readonly [due: number, event: number]> {
  const { state, connection } = store
  if (state.routes.get(route)?.orphanedSince !== undefined) return
  for (const row of connection.sql.dueOf.iterate(route)) {
    const [due, event] = row as unknown as readonly [number, number]
    if (!state.isLeased(event, route) && !state.incomplete.has(event)) yield [due, event]
  }
}

/** A record that is gone, or lies in a damaged page, is a lease without one: its caller sets it aside. */
function read(store: Store, event: number, route: number): Found {
  const { sql } = store.connection
  try {
    const row = sql.delivery.get(event, route) as unknown as [number, number | null, string | null, unknown]
    const [attempts, firstAttempt, key, record] = row
    return { attempts, firstAttempt, key, record: record instanceof Uint8Array ? own(record) : null }
  } catch (error) {
    if (!isDamage(error)) throw error
    const row = sql.deliveryOnly.get(event, route) as unknown as [number, number | null, string | null]
    return { attempts: row[0], firstAttempt: row[1], key: row[2], record: null }
  }
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
  for (const [route, count] of store.state.counts) {
    const { unsettled, deadLetters } = count
    if (unsettled === 0 && deadLetters === 0) continue
    const oldest = unsettled === 0 ? undefined : oldestOf(store, route)
    const nextDue = unsettled === 0 ? undefined : firstDue(store, route)
    stats.push({ route, unsettled, deadLetters, oldest, nextDue })
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
