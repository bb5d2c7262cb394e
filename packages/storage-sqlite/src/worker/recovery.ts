import type { AppendItem } from '@millrace/storage'
import { appendCodes } from '../wire.ts'
import { removeIncomplete } from './append.ts'
import { checkpointAll } from './checkpoint.ts'
import { connect, disconnect } from './connection.ts'
import { removeEvent } from './deliveries.ts'
import { makeRowsAtOpen } from './fresh-at-open.ts'
import type { Store } from './store.ts'
import { transaction } from './transaction.ts'

/** A transaction whose commit failed, which may be on disk all the same. */
export interface Suspect {
  readonly commit: number
  /** Appends of it that were answered `refused`, with the numbers that their events had. */
  readonly refused: readonly { readonly item: AppendItem; readonly code: number }[]
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
  makeRowsAtOpen(store.connection.db)
  store.state.freshAreRows()
  store.state.load(store.connection)
  store.usage.load(store.connection)
  suspect.cameBack ??= store.state.commits >= suspect.commit
  transaction(store, () => {
    removeIncomplete(store)
    if (suspect.cameBack === true) for (const { item, code } of suspect.refused) withdraw(store, item, code)
  })
  compareLeases(store)
}

/** An event that came back although its producer was told that it is not stored, and its dedupe key. */
function withdraw(store: Store, item: AppendItem, code: number): void {
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
