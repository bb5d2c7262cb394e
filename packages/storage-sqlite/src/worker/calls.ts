import type { DeliveryKey, OtherCall, OtherCalls, OtherName } from '../wire.ts'
import type { Steps } from './append.ts'
import { findArchived, scanArchive } from './archive.ts'
import { claim, readStats } from './claim.ts'
import { dropDeadLetters, getDeadLetter, listDeadLetters, redrive } from './dead-letters.ts'
import { expire } from './expire.ts'
import { cancelDeliveries, listDeliveries } from './listed-deliveries.ts'
import { packedLease, releasePacked } from './packs/packed-deliveries.ts'
import { listParked, releaseParked, skipParked } from './parked.ts'
import { dropRoute, listRoutes, redirectRoute, registerRoutes } from './registry.ts'
import * as small from './small-values.ts'
import type { Store } from './store.ts'
import type { Tally } from './tally.ts'

type Doing<N extends OtherName, Answer> = (store: Store, args: OtherCalls[N]['args'], now: number) => Answer

/** What only reads, or changes memory only: it needs no transaction. */
type Reads = { readonly [N in OtherName]?: Doing<N, OtherCalls[N]['answer']> }
/** What is done inside a transaction, or in the steps of several. */
type Writes = {
  readonly [N in OtherName]?: Writing<N, OtherCalls[N]['answer'] | Steps<OtherCalls[N]['answer']>>
}
type Writing<N extends OtherName, Answer> = (
  ...args: [...Parameters<Doing<N, Answer>>, tally: Tally]
) => Answer

export const reads = {
  claim,
  release,
  routes: listRoutes,
  listDeadLetters,
  getDeadLetter,
  listDeliveries,
  listParked,
  scanArchive: (store, args) => scanArchive(store, ...args),
  findArchived,
  getCheckpoint: small.getCheckpoint,
  listCheckpoints: small.listCheckpoints,
  attempts: small.readAttempts,
  stats: readStats,
} satisfies Reads

export const writes = {
  register: registerRoutes,
  dropRoute: (store, [route, most], _, tally) => dropRoute(store, route, { most, tally }),
  redirectRoute: (store, [from, to, most], _, tally) => redirectRoute(store, from, to, { most, tally }),
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

/** Leases are in memory alone: what is given back waits as it did. */
export function release(store: Store, leases: readonly DeliveryKey[]): undefined {
  for (const [event, route] of leases) {
    const at = packedLease(store, event, route)
    if (at === undefined) store.state.endLease(event, route)
    else releasePacked(store, at, route)
  }
}

export function isRead(name: OtherName): name is keyof typeof reads {
  return name in reads
}

export function doRead(store: Store, call: OtherCall, now: number): unknown {
  return (reads as Record<string, Doing<OtherName, unknown>>)[call.name]?.(store, call.args, now)
}

/** → the answer, or the steps that lead to it. */
export function startWrite(store: Store, call: OtherCall, now: number, tally: Tally): unknown {
  return (writes as Record<string, Writing<OtherName, unknown>>)[call.name]?.(store, call.args, now, tally)
}
