import type { AppendItem } from '@millrace/storage'
import { isLeasable } from '../leasable.ts'
import { appendCodes } from '../wire.ts'
import { countBytes, insertDelivery } from './deliveries.ts'
import { fitsInPack } from './packs/packing.ts'
import { removeEvent } from './remove-event.ts'
import type { Store } from './store.ts'

/** A fan-out beyond this is written in several transactions. */
export const chunkSize = 1_000

/** Work of several transactions: it yields between them. */
export type Steps<T> = Generator<void, T>

/** Stores one event with all its deliveries in the open transaction. → its number, or an append code. */
export function appendItem(store: Store, item: AppendItem, now: number): number {
  if (isDuplicate(store, item, now)) return appendCodes.duplicate
  remember(store, item, now)
  if (item.to.length === 0 && item.archive === undefined) return appendCodes.nothingStored
  if (fitsInPack(item)) return appendPacked(store, item, now)
  const event = insertEvent(store, item, now, true)
  insertTargets(store, event, item, now, 0, item.to.length)
  leaseTargets(store, event, item, now)
  return event
}

/** The code with which the events of one request are refused; undefined: their owner, and all, have room for them. */
export function refusalCode(store: Store, items: readonly AppendItem[], now: number): number | undefined {
  if (!store.usage.isLimited) return undefined
  return store.usage.refusal(items.filter((item) => !isDuplicate(store, item, now)))
}

/** An append whose rows are written, but which is not valid yet. */
export interface Prepared {
  readonly item: AppendItem
  /** Undefined: it is small, and all of it is still to be done. */
  readonly event: number | undefined
}

/** Writes the rows of a large append, a chunk in each transaction; they are not claimed yet. */
export function* prepareAppend(store: Store, item: AppendItem, now: number): Steps<Prepared> {
  if (item.to.length <= chunkSize || isDuplicate(store, item, now)) return { item, event: undefined }
  const event = insertEvent(store, item, now, false)
  store.state.incomplete.add(event)
  for (let at = 0; at < item.to.length; at += chunkSize) {
    insertTargets(store, event, item, now, at, Math.min(at + chunkSize, item.to.length))
    yield
  }
  return { item, event }
}

/** Takes the written rows away again. */
export function abandonAppend(store: Store, { event }: Prepared): void {
  if (event === undefined) return
  store.state.incomplete.delete(event)
  store.state.undoWith(() => store.state.incomplete.add(event))
  removeEvent(store, event)
}

/** Makes it valid in the open transaction. → as appendItem. */
export function finishAppend(store: Store, { item, event }: Prepared, now: number): number {
  if (event === undefined) return appendItem(store, item, now)
  if (isDuplicate(store, item, now)) {
    abandonAppend(store, { item, event })
    return appendCodes.duplicate
  }
  store.state.incomplete.delete(event)
  store.state.undoWith(() => store.state.incomplete.add(event))
  remember(store, item, now)
  store.connection.sql.completeEvent.run(event)
  leaseTargets(store, event, item, now)
  return event
}

/** Whether an append needs more than one transaction. */
export function isLarge(items: readonly AppendItem[]): boolean {
  return items.some((item) => item.to.length > chunkSize)
}

/** Removes what an interrupted fan-out has left; its caller was not told that it is stored. */
export function removeIncomplete(store: Store): void {
  const rows = store.connection.db.prepare('SELECT id FROM event WHERE complete = 0').all()
  for (const { id } of rows) removeEvent(store, Number(id))
  store.state.incomplete.clear()
}

function isDuplicate(store: Store, item: AppendItem, now: number): boolean {
  return item.dedupe !== undefined && store.connection.sql.dedupe.get(item.dedupe.key, now) !== undefined
}

function remember(store: Store, { dedupe }: AppendItem, now: number): void {
  if (dedupe !== undefined) store.connection.sql.remember.run(dedupe.key, Math.ceil(now + dedupe.keepMs))
}

function appendPacked(store: Store, item: AppendItem, now: number): number {
  const event = store.state.nextId(now)
  store.packing.add(event, item, now)
  countBytes(store, item.owner, item.record.length)
  return event
}

/** Writes the event alone, its deliveries are still to come. → its number */
export function insertEvent(store: Store, item: AppendItem, now: number, complete: boolean): number {
  const event = store.state.nextId(now)
  const { owner, record, archive, to } = item
  const keepUntil = archive === undefined ? null : Math.ceil(now + archive.keepMs)
  const eventId = archive?.eventId ?? null
  // `get`, as `run` makes an object that says what has changed
  store.connection.sql.insertEvent.get(event, owner, keepUntil, complete ? 1 : 0, record, eventId)
  if (to.length > 0) countBytes(store, owner, record.length)
  return event
}

function insertTargets(
  store: Store,
  event: number,
  { to }: AppendItem,
  now: number,
  from: number,
  until: number,
): void {
  for (let at = from; at < until; at += 1) {
    const { route, due, key } = to[at]!
    insertDelivery(store, event, { route, due: due ?? now, key })
  }
}

function leaseTargets(store: Store, event: number, item: AppendItem, now: number): void {
  const { state } = store
  for (const target of item.to) if (isLeasable(target, now)) state.lease(event, target.route)
}
