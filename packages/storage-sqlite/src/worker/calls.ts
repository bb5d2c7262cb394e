import type { DeliveryKey, OtherCall, OtherCalls, OtherName } from '../wire.ts'
import type { Steps } from './append.ts'
import { findArchived, scanArchive } from './archive.ts'
import { claimRoute, readStats } from './claim.ts'
import { dropDeadLetters, getDeadLetter, listDeadLetters, redrive } from './dead-letters.ts'
import { expire } from './expire.ts'
import { cancelDeliveries, listDeliveries } from './listed-deliveries.ts'
import { makeRows } from './fresh-deliveries.ts'
import { listParked, releaseParked, skipParked } from './parked.ts'
import { dropRoute, listRoutes, redirectRoute, registerRoutes } from './registry.ts'
import * as small from './small-values.ts'
import type { Store } from './store.ts'
import { transaction } from './transaction.ts'

type Doing<N extends OtherName, Answer> = (store: Store, args: OtherCalls[N]['args'], now: number) => Answer

/** What only reads, or changes memory only: it needs no transaction. */
type Reads = { readonly [N in OtherName]?: Doing<N, OtherCalls[N]['answer']> }
/** What is done inside a transaction, or in the steps of several. */
type Writes = {
  readonly [N in OtherName]?: Doing<N, OtherCalls[N]['answer'] | Steps<OtherCalls[N]['answer']>>
}

export const reads = {
  claim: (store, requests, now) => requests.map((request) => claimRoute(store, request, now)),
  release(store, leases) {
    makeRowsOf(store, leases)
    releaseInMemory(store, leases)
    return undefined
  },
  routes: listRoutes,
  listDeadLetters,
  getDeadLetter,
  listDeliveries(store, query) {
    makeAllRows(store)
    return listDeliveries(store, query)
  },
  listParked,
  scanArchive: (store, args) => scanArchive(store, ...args),
  findArchived,
  getCheckpoint: small.getCheckpoint,
  listCheckpoints: small.listCheckpoints,
  attempts: small.readAttempts,
  stats(store) {
    makeAllRows(store)
    return readStats(store)
  },
} satisfies Reads

export const writes = {
  register: registerRoutes,
  dropRoute: (store, [route, most]) => dropRoute(store, route, most),
  redirectRoute: (store, [from, to, most]) => redirectRoute(store, from, to, most),
  cancelDeliveries,
  releaseParked,
  skipParked,
  redrive,
  dropDeadLetters,
  putCheckpoint: (store, args) => small.putCheckpoint(store, ...args),
  deleteCheckpoint: (store, args) => small.deleteCheckpoint(store, ...args),
  acquire: (store, args, now) => small.acquire(store, ...args, now),
  extend: (store, args, now) => small.extend(store, ...args, now),
  expire,
} satisfies Writes

/** Where the disk fails: what was fresh becomes rows when it is mended. */
export function releaseInMemory({ state }: Store, leases: readonly DeliveryKey[]): void {
  for (const [event, route] of leases) {
    state.fresh.forget(event, route)
    state.endLease(event, route)
  }
}

/** For those who look at rows. */
function makeAllRows(store: Store): void {
  const { fresh } = store.state
  if (fresh.size > 0) makeRowsOf(store, [...fresh.all()])
}

function makeRowsOf(store: Store, events: readonly (readonly [event: number, of: unknown])[]): void {
  const some = events.filter(([event]) => store.state.fresh.get(event) !== undefined)
  if (some.length === 0) return
  transaction(store, () => {
    for (const [event] of some) makeRows(store, event)
  })
}

export function isRead(name: OtherName): name is keyof typeof reads {
  return name in reads
}

export function doRead(store: Store, call: OtherCall, now: number): unknown {
  return (reads as Record<string, Doing<OtherName, unknown>>)[call.name]?.(store, call.args, now)
}

/** → the answer, or the steps that lead to it. */
export function startWrite(store: Store, call: OtherCall, now: number): unknown {
  return (writes as Record<string, Doing<OtherName, unknown>>)[call.name]?.(store, call.args, now)
}
