import type { RouteNumber } from '@millrace/storage'
import { isDamage } from './sqlite-error.ts'
import type { Store } from './store.ts'

export interface NewDelivery {
  readonly route: RouteNumber
  readonly due: number
  readonly key: string | undefined
  readonly attempts?: number
  readonly firstAttempt?: number | null
}

/** One more delivery of an event. → whether it was new: of one event and route there is only one. */
export function insertDelivery(store: Store, event: number, delivery: NewDelivery): boolean {
  const { sql } = store.connection
  const { route, key, attempts, firstAttempt } = delivery
  let due = Math.max(1, Math.ceil(delivery.due))
  if (key !== undefined && sql.keyTaken.get(route, key) !== undefined) due = -due
  const { changes } = sql.insertDelivery.run(
    event,
    route,
    due,
    attempts ?? 0,
    firstAttempt ?? null,
    key ?? null,
  )
  if (changes === 0) return false
  store.state.countDeliveries(route, 1, event)
  return true
}

/**
 * Takes a delivery away, its event with the last one, and gives the next of its key its turn. An event in
 * or beside a damaged page stays where it is: nothing leads to it any more.
 */
export function removeDelivery(
  store: Store,
  event: number,
  route: RouteNumber,
  key: string | undefined,
): boolean {
  const { sql } = store.connection
  if (key === undefined) {
    if (sql.deleteDelivery.run(event, route).changes === 0) return false
  } else {
    const gone = sql.deleteKeyed.get(event, route) as readonly number[] | undefined
    if (gone === undefined) return false
    if (Number(gone[0]) >= 0) passOn(store, route, key, Number(gone[0]) === 0)
  }
  sweepEvent(store, event)
  store.state.uncountDelivery(route)
  return true
}

/** The head of a key is gone: the next one's turn. */
function passOn(store: Store, route: RouteNumber, key: string, wasParked: boolean): void {
  const { sql } = store.connection
  if (wasParked) sql.deleteParked.run(route, key)
  if (sql.promote.run(route, key).changes > 0) store.state.promoted.add(route)
}

/** Takes an event away that has no delivery any more. */
export function sweepEvent(store: Store, event: number): void {
  if (store.stuck.has(event)) return
  orStuck(store, event, () => {
    if (store.usage.isLimited) weighAndSweep(store, event)
    else store.connection.sql.sweepEvent.run(event)
  })
}

function weighAndSweep(store: Store, event: number): void {
  const { sql } = store.connection
  const row = sql.finished.get(event) as unknown as readonly [string, number, number | null] | undefined
  if (row === undefined) return
  const [owner, bytes, keepUntil] = row
  countBytes(store, owner, -bytes)
  if (keepUntil === null) sql.deleteEvent.run(event)
}

/** What waits for an owner weighs more, or less, when the transaction is kept. */
export function countBytes(store: Store, owner: string, bytes: number): void {
  if (!store.usage.isLimited) return
  store.usage.add(owner, bytes)
  store.state.undoWith(() => store.usage.add(owner, -bytes))
}

/**
 * After it has met a damaged page SQLite takes nothing more in that transaction: it is rolled back, and
 * done again without touching this event.
 */
export function orStuck<T>(store: Store, event: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isDamage(error)) store.stuck.add(event)
    throw error
  }
}
