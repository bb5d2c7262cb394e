import type { AppendItem, RouteNumber } from '@millrace/storage'
import { isLeasable } from '../../leasable.ts'
import type { Store } from '../store.ts'
import { Pack } from './pack.ts'
import type { Run } from './pack.ts'
import type { Appended } from './packing.ts'

/** A pack is written and read as a whole, and a damaged page of it may cost all of it. */
const mostBytes = 64 * 1024
const mostEvents = 256
const mostDeliveries = 4_096

/** Writes what the open transaction has appended. */
export function writePacks(store: Store): void {
  const appended = store.packing.take()
  let from = 0
  let bytes = 0
  let deliveries = 0
  for (const [at, { item }] of appended.entries()) {
    bytes += item.record.length
    deliveries += item.to.length
    const isFull = bytes > mostBytes || deliveries > mostDeliveries || at - from === mostEvents
    if (at === from || !isFull) continue
    writePack(store, appended.slice(from, at))
    from = at
    bytes = item.record.length
    deliveries = item.to.length
  }
  if (appended.length > 0) writePack(store, appended.slice(from))
}

function writePack(store: Store, appended: readonly Appended[]): void {
  const { state, connection } = store
  const { sql } = connection
  const runs = runsOf(appended)
  const pack = new Pack(appended[0]!.event, runs)
  // `get`, as `run` makes an object that says what has changed
  sql.insertPack.get(pack.id, pack.last, JSON.stringify(runs), joined(appended))
  for (const route of pack.routes) {
    const left = pack.leftOf(route)
    sql.insertPackRoute.get(route, pack.id, left, null)
    state.countDeliveries(route, left, pack.id)
  }
  for (const [index, { item, now }] of appended.entries())
    for (const target of item.to)
      if (isLeasable(target, now)) {
        const delivery = pack.delivery(index, target.route)
        if (pack.isWaiting(delivery)) pack.lease(delivery)
      }
  if (!pack.isLeased) return
  state.packs.add(pack)
  state.undoWith(() => state.packs.delete(pack))
}

function runsOf(appended: readonly Appended[]): Run[] {
  const runs: (Run & { events: [number, number][] })[] = []
  let run: (typeof runs)[number] | undefined
  for (const { event, item } of appended) {
    if (run === undefined || run.owner !== item.owner || !isTo(item, run.routes))
      runs.push((run = { owner: item.owner, routes: routesOf(item), events: [] }))
    run.events.push([event, item.record.length])
  }
  return runs
}

function isTo({ to }: AppendItem, routes: readonly RouteNumber[]): boolean {
  return to.length === routes.length && to.every(({ route }, at) => route === routes[at])
}

function routesOf({ to }: AppendItem): RouteNumber[] {
  const routes: RouteNumber[] = []
  for (const { route } of to) if (!routes.includes(route)) routes.push(route)
  return routes
}

/** The records, one behind the other. Those of one message lie so already: then nothing is copied. */
function joined(appended: readonly Appended[]): Uint8Array {
  const { buffer, byteOffset } = appended[0]!.item.record
  let length = 0
  let isJoined = true
  for (const { item } of appended) {
    const { record } = item
    isJoined &&= record.buffer === buffer && record.byteOffset === byteOffset + length
    length += record.length
  }
  return isJoined ? new Uint8Array(buffer, byteOffset, length) : copied(appended, length)
}

function copied(appended: readonly Appended[], length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const { item } of appended) {
    bytes.set(item.record, at)
    at += item.record.length
  }
  return bytes
}
