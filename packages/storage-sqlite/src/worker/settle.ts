import type { DeliveryEnd, FailedAttempt, NewDeadLetter } from '@millrace/storage'
import { staleCode } from '../wire.ts'
import type { SettleItem } from '../wire.ts'
import { abandonAppend, appendItem, finishAppend, prepareAppend } from './append.ts'
import type { Prepared, Steps } from './append.ts'
import { orStuck, removeDelivery } from './deliveries.ts'
import { endPacked, packed, packedLease, packedRecord, unpack } from './packs/packed-deliveries.ts'
import type { Store } from './store.ts'

/** Ends one lease in the open transaction. → the answers to its appends; undefined: stale. */
export function settleItem(store: Store, item: SettleItem, now: number): number[] | undefined {
  if (!endLease(store, item, now)) return undefined
  return item.appends.map((append) => appendItem(store, append, now))
}

/** As settleItem for all of a call, with appends that take several transactions: all is valid with the last. */
export function* settleInSteps(
  store: Store,
  items: readonly SettleItem[],
  now: number,
): Steps<(number[] | undefined)[]> {
  const prepared: Prepared[][] = []
  for (const { appends } of items) {
    const ofItem: Prepared[] = []
    for (const append of appends) ofItem.push(yield* prepareAppend(store, append, now))
    prepared.push(ofItem)
  }
  return items.map((item, at) => {
    const appends = prepared[at] ?? []
    if (endLease(store, item, now)) return appends.map((append) => finishAppend(store, append, now))
    for (const append of appends) abandonAppend(store, append)
    return undefined
  })
}

/** What settles of one call answer, as words. */
export function settleWords(results: readonly (readonly number[] | undefined)[]): number[] {
  return results.flatMap((codes) => (codes === undefined ? staleCode : [codes.length, ...codes]))
}

function endLease(store: Store, item: SettleItem, now: number): boolean {
  const { event, route, key, end } = item
  const at = packedLease(store, event, route)
  if (at === undefined && !store.state.isLeased(event, route)) return false
  const letters = item.deadLetters.map((letter) => ({
    ...letter,
    record: letter.record ?? recordOf(store, event),
  }))
  const isPlain = end === undefined && item.retryDue === undefined && item.parked === undefined
  if (at !== undefined && isPlain) {
    endPacked(store, at, route)
    follow(store, item, letters, now)
    return true
  }
  if (at !== undefined) unpack(store, at)
  if (end !== undefined) recordEnd(store, event, route, end)
  const there = goOn(store, item, now) ?? removeDelivery(store, event, route, key)
  store.state.endLease(event, route)
  if (!there) return false
  follow(store, item, letters, now)
  return true
}

function follow(
  store: Store,
  item: SettleItem,
  letters: readonly Required<NewDeadLetter>[],
  now: number,
): void {
  const { event, route, attempt } = item
  if (attempt !== undefined) recordAttempt(store, event, route, attempt)
  for (const letter of letters) insertDeadLetter(store, letter, now)
}

/** The delivery stays: due again, or parked. → whether it was there; undefined: it is done. */
function goOn(store: Store, item: SettleItem, now: number): boolean | undefined {
  const { event, route, key, attempt, retryDue, parked } = item
  const { sql } = store.connection
  const counts = attempt === undefined ? 0 : 1
  const first = attempt === undefined ? null : Math.floor(attempt.at)
  if (retryDue !== undefined) {
    const due = Math.max(1, Math.ceil(retryDue))
    return sql.retry.run(due, counts, first, event, route).changes > 0
  }
  if (parked === undefined || key === undefined) return undefined
  if (sql.park.run(counts, first, event, route).changes === 0) return false
  sql.insertParked.run(route, key, event, Math.floor(now), JSON.stringify(parked))
  return true
}

function recordEnd(store: Store, event: number, route: number, end: DeliveryEnd): void {
  const { result, attempts, at, ms, attemptMs = null, reason = null, code = null } = end
  const { sql } = store.connection
  sql.insertEnding.run(event, route, result, attempts, Math.floor(at), ms, attemptMs, reason, code)
}

function recordAttempt(store: Store, event: number, route: number, attempt: FailedAttempt): void {
  const { n, at, code, error, body, ms } = attempt
  const { sql } = store.connection
  sql.attempt.run(event, route, n, Math.floor(at), code ?? null, error ?? null, body ?? null, ms)
}

export function insertDeadLetter(store: Store, letter: Required<NewDeadLetter>, now: number): void {
  const { sql } = store.connection
  const { route, details, record } = letter
  const id = store.state.nextId(now)
  const last = Math.floor(details.lastAttempt)
  sql.insertDeadLetter.run(id, route, details.type ?? null, last, JSON.stringify(details), record)
  store.state.countDeadLetter(route, 1)
}

/** What there is of a record: nothing, where its page is damaged. */
export function recordOf(store: Store, event: number): Uint8Array {
  if (store.stuck.has(event)) return new Uint8Array()
  const row = orStuck(store, event, () => store.connection.sql.record.get(event)) as
    | readonly unknown[]
    | undefined
  if (row?.[0] instanceof Uint8Array) return row[0]
  const at = packed(store, event)
  return (at === undefined ? undefined : packedRecord(store, at)) ?? new Uint8Array()
}
