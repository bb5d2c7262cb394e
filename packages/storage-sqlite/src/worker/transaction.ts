import { keepPacks } from './packs/packed-deliveries.ts'
import type { Store } from './store.ts'

/** One transaction, answered for by its commit number (docs/store.md, group commit). */
export function transaction<T>(store: Store, work: () => T, hooks: CommitHooks = {}): T {
  const { db, sql } = store.connection
  const { state } = store
  sql.begin.run()
  try {
    const result = work()
    keepPacks(store)
    sql.bump.run(state.lastId)
    hooks.beforeCommit?.()
    sql.commit.run()
    hooks.afterCommit?.()
    state.commits += 1
    state.kept()
    return result
  } catch (error) {
    if (db.isTransaction) rollBack(store)
    store.packing.take()
    state.undone()
    throw error
  }
}

/** Where tests let a commit fail or the process die. */
export interface CommitHooks {
  beforeCommit?(): void
  afterCommit?(): void
}

function rollBack(store: Store): void {
  try {
    store.connection.db.exec('ROLLBACK')
  } catch {
    // A disk that fails may fail this too; re-opening ends the transaction.
  }
}
