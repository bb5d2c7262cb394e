import type { RegisteredRoute, RouteNumber } from '@millrace/storage'
import { chunkSize } from './append.ts'
import type { Steps } from './append.ts'
import { insertDelivery, removeDelivery } from './deliveries.ts'
import { appendedAt, dropPacked, unpackRoute } from './packs/packed-deliveries.ts'
import type { Store } from './store.ts'
import { count } from './tally.ts'
import type { Tally } from './tally.ts'

export function registerRoutes(store: Store, ids: readonly string[], now: number): [string, RouteNumber][] {
  const { state, connection } = store
  const numbers = new Map([...state.routes].map(([route, { id }]) => [id, route]))
  const declared = new Map<string, RouteNumber>()
  for (const id of ids) {
    const route = numbers.get(id) ?? Number(connection.sql.insertRoute.run(id).lastInsertRowid)
    declared.set(id, route)
    if (numbers.has(id)) mark(store, route, undefined)
    else {
      numbers.set(id, route)
      state.routes.set(route, { id, orphanedSince: undefined })
      state.undoWith(() => state.routes.delete(route))
    }
  }
  for (const [route, { id, orphanedSince }] of state.routes)
    if (!declared.has(id)) mark(store, route, orphanedSince ?? Math.floor(now))
  return [...declared]
}

function mark(store: Store, route: RouteNumber, since: number | undefined): void {
  const known = store.state.routes.get(route)
  if (known === undefined || known.orphanedSince === since) return
  const before = known.orphanedSince
  store.connection.sql.orphan.run(since ?? null, route)
  known.orphanedSince = since
  store.state.undoWith(() => void (known.orphanedSince = before))
}

export function listRoutes(store: Store): RegisteredRoute[] {
  return [...store.state.routes].map(([route, { id, orphanedSince }]) => ({ route, id, orphanedSince }))
}

interface Row {
  readonly event: number
  readonly due: number
  readonly attempts: number
  readonly firstAttempt: number | null
  readonly key: string | undefined
}

/** How far a route is emptied. */
export interface Emptying {
  /** At least so many, if there are. */
  readonly most?: number | undefined
  /** Asked between chunks. */
  readonly goOn?: () => boolean
  readonly tally: Tally
}

/** Removes what waits for a route, in chunks, until `most` are gone; what is leased stays with its holder. → how many. */
export function* dropRoute(store: Store, route: RouteNumber, emptying: Emptying): Steps<number> {
  const { most = Infinity, goOn = () => true, tally } = emptying
  for (const ended of dropPacked(store, route)) {
    count(store, tally, ended)
    yield
    if (tally.count >= most || !goOn()) return tally.count
  }
  for (const chunk of idleRows(store, route)) {
    if (tally.count >= most || !goOn()) break
    count(store, tally, chunk.filter(({ event, key }) => removeDelivery(store, event, route, key)).length)
    yield
  }
  return tally.count
}

/** Moves what waits for a route to another; an event that waits there already is not doubled. → how many. */
export function* redirectRoute(
  store: Store,
  from: RouteNumber,
  to: RouteNumber,
  { most = Infinity, tally }: Omit<Emptying, 'goOn'>,
): Steps<number> {
  if (from === to) return 0
  for (const chunk of idleChunks(store, from)) {
    if (tally.count >= most) break
    const moved = chunk.filter((row) => {
      insertDelivery(store, row.event, { ...row, route: to })
      return removeDelivery(store, row.event, from, row.key)
    })
    count(store, tally, moved.length)
    yield
  }
  return tally.count
}

function* idleChunks(store: Store, route: RouteNumber): Generator<Row[]> {
  for (const events of unpackRoute(store, route))
    yield events.map((event) => ({
      event,
      due: appendedAt(event),
      attempts: 0,
      firstAttempt: null,
      key: undefined,
    }))
  yield* idleRows(store, route)
}

function* idleRows(store: Store, route: RouteNumber): Generator<Row[]> {
  let last = 0
  for (;;) {
    const rows = store.connection.sql.routeDeliveries.all(route, last, chunkSize) as unknown as (readonly [
      number,
      number,
      number,
      number | null,
      string | null,
    ])[]
    if (rows.length === 0) return
    last = rows.at(-1)![0]
    yield rows
      .map(([event, due, attempts, firstAttempt, key]) => ({
        event,
        due,
        attempts,
        firstAttempt,
        key: key ?? undefined,
      }))
      .filter(({ event }) => !store.state.isLeased(event, route) && !store.state.incomplete.has(event))
  }
}
