import type { RouteNumber } from '@millrace/storage'
import { countBytes } from '../deliveries.ts'
import { isDamage } from '../sqlite-error.ts'
import type { Store } from '../store.ts'
import type { Pack } from './pack.ts'
import { packBefore, readPack } from './read-pack.ts'
import { writePacks } from './write-packs.ts'

/** An event by where it stands. */
export interface Packed {
  readonly pack: Pack
  readonly index: number
}

/** When a packed delivery was due, in milliseconds: an event's number tells when it was appended. */
export function appendedAt(event: number): number {
  return Math.max(1, Math.floor(event / 1_000))
}

/** Where an event lies, if that is a pack. */
export function packed(store: Store, event: number): Packed | undefined {
  const pack = store.state.packs.of(event) ?? readPackOf(store, event)
  const index = pack?.indexOf(event) ?? -1
  return pack === undefined || index < 0 ? undefined : { pack, index }
}

function readPackOf(store: Store, event: number): Pack | undefined {
  const id = packBefore(store, event)
  return id === undefined ? undefined : readPack(store, id)
}

/** Where a leased delivery lies, if that is a pack. */
export function packedLease({ state }: Store, event: number, route: RouteNumber): Packed | undefined {
  const pack = state.packs.of(event)
  const index = pack?.indexOf(event) ?? -1
  return pack !== undefined && index >= 0 && pack.isHeld(pack.delivery(index, route))
    ? { pack, index }
    : undefined
}

/** Leases a delivery that waits. */
export function leasePacked(
  { state }: Pick<Store, 'state'>,
  { pack, index }: Packed,
  route: RouteNumber,
): void {
  const delivery = pack.delivery(index, route)
  state.packs.add(pack)
  pack.lease(delivery)
  state.undoWith(() => releasePacked({ state }, { pack, index }, route))
}

/** Leases what was leased before the store was opened anew, if it is still there. */
export function leaseAgain(store: Store, event: number, route: RouteNumber): void {
  const at = packed(store, event)
  if (at?.pack.isWaiting(at.pack.delivery(at.index, route)) === true) leasePacked(store, at, route)
  else if (store.connection.sql.delivery.get(event, route) !== undefined) store.state.lease(event, route)
}

/** It waits again. */
export function releasePacked(
  { state }: Pick<Store, 'state'>,
  { pack, index }: Packed,
  route: RouteNumber,
): void {
  pack.release(pack.delivery(index, route))
  const count = state.countOf(route)
  count.packsFrom = Math.min(count.packsFrom, pack.id)
  if (!pack.isLeased && pack.changed.size === 0) state.packs.delete(pack)
}

/** Ends a delivery for good, in the open transaction. */
export function endPacked(store: Store, at: Packed, route: RouteNumber): void {
  leave(store, at, route)
  store.state.uncountDelivery(route)
  const { pack, index } = at
  if (!store.usage.isLimited || !pack.isDone(index)) return
  const [from, until] = pack.span(index)
  countBytes(store, pack.ownerOf(index), from - until)
}

function leave({ state }: Store, { pack, index }: Packed, route: RouteNumber): void {
  state.packs.add(pack)
  state.packs.changed.add(pack)
  state.undoWith(pack.end(pack.delivery(index, route), route))
}

/** Makes rows of an event and what is left of its deliveries, in the open transaction; leases stay. */
export function unpack(store: Store, at: Packed): void {
  const { state, connection } = store
  const { pack, index } = at
  const event = pack.events[index]!
  const record = packedRecord(store, at) ?? new Uint8Array()
  connection.sql.insertEvent.get(event, pack.ownerOf(index), null, 1, record, null)
  // what cannot be read weighs nothing any more
  const [from, until] = pack.span(index)
  countBytes(store, pack.ownerOf(index), record.length - (until - from))
  for (const route of pack.routesOf(index)) {
    connection.sql.insertDelivery.run(event, route, appendedAt(event), 0, null, null)
    if (pack.isHeld(pack.delivery(index, route))) state.lease(event, route)
    leave(store, at, route)
    const count = state.countOf(route)
    count.from = Math.min(count.from, event)
  }
}

/** The packs that have something left for a route, oldest first. */
export function* packsOf(store: Store, route: RouteNumber, from = 0): Generator<Pack> {
  const { sql } = store.connection
  for (let after = from - 1; ;) {
    const row = sql.nextPackOf.get(route, after) as unknown as readonly [number] | undefined
    if (row === undefined) return
    const [id] = row
    yield store.state.packs.at(id) ?? readPack(store, id)
    after = id
  }
}

/** Ends what waits for a route, a pack in each step. → how many. */
export function* dropPacked(store: Store, route: RouteNumber): Generator<number> {
  for (const pack of packsOf(store, route)) {
    let dropped = 0
    for (const [index, delivery] of pack.deliveriesOf(route)) {
      if (!pack.isWaiting(delivery)) continue
      endPacked(store, { pack, index }, route)
      dropped += 1
    }
    yield dropped
  }
}

/** Makes rows of what waits for a route, a pack in each step. → the events. */
export function* unpackRoute(store: Store, route: RouteNumber): Generator<number[]> {
  for (const pack of packsOf(store, route)) {
    const events: number[] = []
    for (const [index, delivery] of pack.deliveriesOf(route)) {
      if (!pack.isWaiting(delivery)) continue
      unpack(store, { pack, index })
      events.push(pack.events[index]!)
    }
    yield events
  }
}

/** A view of the records of its pack; undefined: it cannot be read. */
export function packedRecord(store: Store, { pack, index }: Packed): Uint8Array | undefined {
  const records = recordsOf(store, pack)
  const [from, until] = pack.span(index)
  return records === undefined || until > records.length ? undefined : records.subarray(from, until)
}

/** Those that were read last stay at hand: who asks for one asks for the next. */
function recordsOf(store: Store, { id }: Pack): Uint8Array | undefined {
  if (store.packRecords?.id === id) return store.packRecords.bytes
  if (store.stuckPacks.has(id)) return undefined
  const row = orStuckPack(store, id, () => store.connection.sql.packRecords.get(id)) as unknown
  const bytes = Array.isArray(row) && row[0] instanceof Uint8Array ? row[0] : undefined
  if (bytes !== undefined) store.packRecords = { id, bytes }
  return bytes
}

/** Before a commit: writes the new packs, and what is left of those that were touched. */
export function keepPacks(store: Store): void {
  const { state } = store
  writePacks(store)
  for (const pack of state.packs.changed) keep(store, pack)
  state.packs.changed.clear()
}

function keep(store: Store, pack: Pack): void {
  const { state, connection } = store
  const { sql } = connection
  if (!pack.isLeased && !store.stuckPacks.has(pack.id) && isNearlyEmpty(pack)) unpackRest(store, pack)
  for (const route of pack.changed) {
    const left = pack.leftOf(route)
    if (left === 0) sql.deletePackRoute.get(route, pack.id)
    else sql.writePackRoute.get(left, pack.bits(route), route, pack.id)
  }
  pack.changed.clear()
  if (pack.total === 0) removePack(store, pack)
  if (pack.isLeased) return
  state.packs.delete(pack)
  state.undoWith(() => state.packs.add(pack))
}

/** What waits for long in a pack keeps all of it on disk: where little is left, that is cheaper as rows. */
function isNearlyEmpty(pack: Pack): boolean {
  if (pack.total === 0) return false
  let bytes = 0
  for (const index of pack.events.keys()) {
    const [from, until] = pack.span(index)
    if (!pack.isDone(index)) bytes += until - from
  }
  const [, all] = pack.span(pack.events.length - 1)
  return bytes < all / 4
}

/** It need not be: where it fails, the transaction is done again without it. */
function unpackRest(store: Store, pack: Pack): void {
  try {
    for (const index of pack.events.keys()) if (!pack.isDone(index)) unpack(store, { pack, index })
  } catch (error) {
    store.stuckPacks.add(pack.id)
    throw error
  }
}

/** A pack in or beside a damaged page stays where it is: nothing leads to it any more. */
function removePack(store: Store, { id }: Pack): void {
  if (!store.stuckPacks.has(id)) orStuckPack(store, id, () => store.connection.sql.deletePack.get(id))
}

/** As orStuck, of a pack. */
function orStuckPack<T>(store: Store, id: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isDamage(error)) store.stuckPacks.add(id)
    throw error
  }
}
