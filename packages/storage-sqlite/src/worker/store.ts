import type { StorageLimits } from '@millrace/storage'
import { connect, disconnect } from './connection.ts'
import type { Connection } from './connection.ts'
import { StoreState } from './store-state.ts'
import { Usage } from './usage.ts'

/** What every operation works on. The connection is replaced after a failure. */
export interface Store {
  connection: Connection
  readonly state: StoreState
  readonly usage: Usage
  /** Events that cannot be deleted, because a page of the database is damaged. */
  readonly stuck: Set<number>
}

export function openStore(path: string, limits: StorageLimits = {}): Store {
  const connection = connect(path)
  const state = new StoreState()
  const usage = new Usage(limits)
  try {
    state.load(connection)
    usage.load(connection)
    return { connection, state, usage, stuck: new Set() }
  } catch (error) {
    disconnect(connection.db)
    throw error
  }
}

/** One transaction, answered for by its commit number (docs/store.md, group commit). */
export function transaction<T>(store: Store, work: () => T, hooks: CommitHooks = {}): T {
  const { db, sql } = store.connection
  const { state } = store
  sql.begin.run()
  try {
    const result = work()
    sql.bump.run(state.lastId)
    hooks.beforeCommit?.()
    sql.commit.run()
    hooks.afterCommit?.()
    state.commits += 1
    state.kept()
    return result
  } catch (error) {
    if (db.isTransaction) rollBack(store)
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
