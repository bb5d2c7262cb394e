import type { StorageLimits } from '@millrace/storage'
import { connect, disconnect } from './connection.ts'
import type { Connection } from './connection.ts'
import { makeRowsAtOpen } from './fresh-at-open.ts'
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
    makeRowsAtOpen(connection.db)
    state.load(connection)
    usage.load(connection)
    return { connection, state, usage, stuck: new Set() }
  } catch (error) {
    disconnect(connection.db)
    throw error
  }
}
