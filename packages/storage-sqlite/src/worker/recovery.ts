import type { Advance, AppendItem } from '@millrace/storage'
import { appendCodes } from '../wire.ts'
import { withdrawAdvance } from './advance.ts'
import { removeIncomplete } from './append.ts'
import { checkpointAll } from './checkpoint.ts'
import { connect, disconnect } from './connection.ts'
import { leaseAgain } from './packs/packed-deliveries.ts'
import { despiteDamage } from './sqlite-error.ts'
import { removeEvent } from './remove-event.ts'
import type { Store } from './store.ts'
import { transaction } from './transaction.ts'

/** One that was answered `refused`, with the codes that it would have been answered. */
export interface RefusedAppend {
  readonly items: readonly AppendItem[]
  readonly codes: readonly number[]
  readonly advance: Advance | undefined
}

/** A transaction whose commit failed, which may be on disk all the same. */
export interface Suspect {
  readonly commit: number
  readonly refused: readonly RefusedAppend[]
  /** Whether it has come back; known once the store was re-opened and synced. */
  cameBack: boolean | undefined
}

/**
 * Opens the database anew and makes sure of what is in it (docs/store.md, re-opening): after a failed
 * sync neither the old connection nor another sync of the same file can be trusted.
 * @throws where the disk still fails
 */
export function reopen(store: Store, path: string, suspect: Suspect): void {
  disconnect(store.connection.db)
  store.connection = connect(path)
  checkpointAll(store.connection)
  // what is in memory of packs may not be what is on disk
  const packs = store.state.packs.replace([])
  try {
    compareWithDisk(store, suspect)
  } catch (error) {
    store.state.packs.replace(packs)
    throw error
  }
  for (const pack of packs)
    for (const [event, route] of pack.leases()) despiteDamage(() => leaseAgain(store, event, route))
  store.state.kept()
}

function compareWithDisk(store: Store, suspect: Suspect): void {
  store.state.load(store.connection)
  store.usage.load(store)
  suspect.cameBack ??= store.state.commits >= suspect.commit
  transaction(store, () => {
    removeIncomplete(store)
    // the last first: a checkpoint goes back step by step
    if (suspect.cameBack === true) for (const append of suspect.refused.toReversed()) withdraw(store, append)
  })
  compareLeases(store)
}

/** What came back although its producer was told that it is not stored. */
function withdraw(store: Store, { items, codes, advance }: RefusedAppend): void {
  const isStored = (codes[0] ?? appendCodes.moved) >= appendCodes.duplicate
  if (advance !== undefined && isStored) withdrawAdvance(store, advance)
  for (const [at, item] of items.entries()) withdrawEvent(store, item, codes[at]!)
}

/** The event, and its dedupe key. */
function withdrawEvent(store: Store, item: AppendItem, code: number): void {
  if (code < appendCodes.nothingStored) return
  if (code > appendCodes.nothingStored) removeEvent(store, code)
  if (item.dedupe !== undefined)
    store.connection.db.prepare('DELETE FROM dedupe WHERE key = ?').run(item.dedupe.key)
}

/** A lease without its row answers stale when it is settled. */
function compareLeases(store: Store): void {
  const { state, connection } = store
  for (const [event, route] of state.leases())
    if (connection.sql.delivery.get(event, route) === undefined) state.endLease(event, route)
  state.kept()
}
