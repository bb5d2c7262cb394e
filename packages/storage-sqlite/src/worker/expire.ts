import type { Expired, Expiry } from '@millrace/storage'
import { chunkSize } from './append.ts'
import type { Steps } from './append.ts'
import { dropRoute } from './registry.ts'
import type { Store } from './store.ts'

/** Removes what is older than the cut-off times, and what the archive need not keep any longer, in chunks. */
export function* expire(store: Store, before: Expiry, now: number): Steps<Expired> {
  const deadLetters =
    before.deadLetters === undefined ? 0 : yield* expireDeadLetters(store, before.deadLetters)
  const orphans = before.orphans === undefined ? 0 : yield* expireOrphans(store, before.orphans)
  const attempts = before.attempts === undefined ? 0 : yield* expireAttempts(store, before.attempts)
  let archived = yield* expireArchive(store, now)
  for (const { owner, maxBytes } of before.archives ?? [])
    archived += yield* shrinkArchive(store, owner, maxBytes)
  store.connection.sql.expireDedupe.run(now)
  return { deadLetters, orphans, attempts, archived }
}

function* expireDeadLetters(store: Store, before: number): Steps<number> {
  for (let expired = 0; ;) {
    const rows = store.connection.sql.expireDeadLetters.all(before, chunkSize) as unknown as (readonly [
      number,
    ])[]
    if (rows.length === 0) return expired
    for (const [route] of rows) store.state.countDeadLetter(route, -1)
    expired += rows.length
    yield
  }
}

function* expireOrphans(store: Store, before: number): Steps<number> {
  let expired = 0
  for (const [route, known] of store.state.routes) {
    // One that comes back between two chunks is an orphan no longer.
    const isOld = (): boolean => known.orphanedSince !== undefined && known.orphanedSince < before
    if (isOld()) expired += yield* dropRoute(store, route, { goOn: isOld, tally: { count: 0 } })
  }
  return expired
}

function* expireAttempts(store: Store, before: number): Steps<number> {
  const { sql } = store.connection
  for (let expired = 0; ;) {
    const rows = sql.oldAttempts.all(before, chunkSize) as unknown as (readonly [number, number, number])[]
    if (rows.length === 0) return expired
    for (const key of rows) sql.deleteAttempt.run(...key)
    expired += rows.length
    yield
  }
}

function* expireArchive(store: Store, now: number): Steps<number> {
  const { sql } = store.connection
  for (let expired = 0; ;) {
    const rows = sql.keptTooLong.all(now, chunkSize) as unknown as (readonly [number])[]
    if (rows.length === 0) return expired
    for (const [id] of rows) unarchive(store, id)
    expired += rows.length
    yield
  }
}

/** Of what an owner's archive has, the newest stay that are together not larger. → how many went. */
function* shrinkArchive(store: Store, owner: string, maxBytes: number): Steps<number> {
  const { sql } = store.connection
  let before = Number.MAX_SAFE_INTEGER
  let bytes = 0
  for (let expired = 0; ;) {
    const rows = sql.archivedSizes.all(owner, before, chunkSize) as unknown as (readonly [number, number])[]
    for (const [id, size] of rows) {
      bytes += size
      before = id
      if (bytes <= maxBytes) continue
      unarchive(store, id)
      expired += 1
    }
    if (rows.length < chunkSize) return expired
    yield
  }
}

function unarchive({ connection: { sql } }: Store, event: number): void {
  sql.keepNoLonger.run(event)
  sql.deleteEndings.run(event)
  sql.sweepEvent.run(event)
}
