import type { AppendItem, RouteNumber } from '@millrace/storage'
import { isLeasable } from '../leasable.ts'
import { countBytes, sweepEvent } from './deliveries.ts'
import { appendedAt, type FreshEvent } from './fresh-events.ts'
import { isDamage } from './sqlite-error.ts'
import type { Store } from './store.ts'

/** An event that is fresh for longer has rows made after all, so that a start has few events to look through. */
const longestFreshMicroseconds = 5_000_000
/** So many such in a transaction. */
const mostAgedAtOnce = 100

/** The routes that the event's row names; none: all of its deliveries are rows. */
export function freshRoutes({ to, archive }: AppendItem, now: number): RouteNumber[] {
  const routes: RouteNumber[] = []
  // what is kept in an archive outlives its deliveries
  if (archive !== undefined) return routes
  for (const target of to)
    if (isLeasable(target, now) && !routes.includes(target.route)) routes.push(target.route)
  return routes
}

/** Enters an event whose row was inserted with these routes. */
export function enterFresh(store: Store, event: number, item: AppendItem, routes: RouteNumber[]): void {
  const { state } = store
  const { owner, record, to } = item
  const hasRows = routes.length < to.length
  state.fresh.add(event, { owner, bytes: record.length, routes, hasRows, marked: false })
  for (const route of routes) state.countDelivery(event, route)
  state.undoWith(() => state.fresh.delete(event))
}

/** Ends a fresh delivery for good. */
export function endFresh(store: Store, event: number, route: RouteNumber): void {
  const fresh = store.state.fresh.get(event)
  if (fresh === undefined) return
  take(store, event, fresh, fresh.routes.indexOf(route))
  if (fresh.routes.length === 0) finish(store, event, fresh)
}

function take({ state }: Store, event: number, fresh: FreshEvent, at: number): void {
  const { routes } = fresh
  const route = routes[at]!
  const last = routes.pop()!
  if (at < routes.length) routes[at] = last
  if (routes.length === 0) state.fresh.delete(event)
  else state.fresh.changed.add(event)
  state.undoWith(() => {
    if (routes.length === 0) state.fresh.putBack(event, fresh)
    routes.push(route)
  })
  state.uncountDelivery(route)
}

/** None of its deliveries is fresh any more. */
function finish(store: Store, event: number, fresh: FreshEvent): void {
  const { sql } = store.connection
  if (fresh.marked) sql.deleteProgress.run(event)
  if (fresh.hasRows) return sweepEvent(store, event)
  if (store.stuck.has(event)) return
  try {
    sql.deleteEvent.get(event)
  } catch (error) {
    if (isDamage(error)) store.stuck.add(event)
    throw error
  }
  countBytes(store, fresh.owner, -fresh.bytes)
}

/** Makes rows of an event's fresh deliveries, which stay leased. */
export function makeRows(store: Store, event: number): void {
  const { state, connection } = store
  const fresh = state.fresh.get(event)
  if (fresh === undefined) return
  for (const route of fresh.routes) {
    connection.sql.insertDelivery.run(event, route, appendedAt(event), 0, null, null)
    state.lease(event, route)
    const count = state.countOf(route)
    count.from = Math.min(count.from, event)
  }
  connection.sql.clearRoutes.run(event)
  connection.sql.deleteProgress.run(event)
  state.fresh.delete(event)
  state.undoWith(() => state.fresh.putBack(event, fresh))
}

/** Before a commit: writes how far events are, and makes rows of what has been fresh for long. */
export function keepFresh(store: Store): void {
  const { state, connection } = store
  const { fresh } = state
  for (let aged = 0; aged < mostAgedAtOnce; aged += 1) {
    const first = fresh.first()
    if (first === undefined || state.lastId - first < longestFreshMicroseconds) break
    makeRows(store, first)
  }
  for (const event of fresh.changed) {
    const changed = fresh.get(event)
    if (changed === undefined) continue
    connection.sql.writeProgress.run(event, changed.routes.join(','))
    changed.marked = true
  }
  fresh.changed.clear()
}
