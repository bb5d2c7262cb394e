import type { StorageLimits } from '@millrace/storage'
import { connect, disconnect } from './connection.ts'
import type { Connection } from './connection.ts'
import { Packing } from './packs/packing.ts'
import { StoreState } from './store-state.ts'
import { Usage } from './usage.ts'

/** What every operation works on. The connection is replaced after a failure. */
export interface Store {
  connection: Connection
  readonly state: StoreState
  readonly usage: Usage
  /** What the open transaction appends in packs. */
  readonly packing: Packing
  /** The records of the pack that was read last. */
  packRecords: { readonly id: number; readonly bytes: Uint8Array } | undefined
  /** Events that cannot be deleted, because a page of the database is damaged. */
  readonly stuck: Set<number>
  /** Packs that cannot be read, or deleted, for the same reason. */
  readonly stuckPacks: Set<number>
}

export function openStore(path: string, limits: StorageLimits = {}): Store {
  const connection = connect(path)
  const state = new StoreState()
  const usage = new Usage(limits)
  try {
    state.load(connection)
    const stuckPacks = new Set<number>()
    usage.load({ connection, stuckPacks })
    const stuck = new Set<number>()
    return { connection, state, usage, packing: new Packing(), packRecords: undefined, stuck, stuckPacks }
  } catch (error) {
    disconnect(connection.db)
    throw error
  }
}
