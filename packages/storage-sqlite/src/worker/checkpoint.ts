import type { Connection } from './connection.ts'

interface WalState {
  /** A reader stands in the way (a `sqlite3` shell with an open transaction). */
  readonly busy: boolean
  readonly frames: number
  readonly checkpointed: number
}

/** Pages in the WAL beyond which it is checkpointed: 8 MiB, or 4 of a store that was made with pages of 4 KiB. */
const checkpointPages = 1_024

function checkpoint({ db }: Connection, mode: 'PASSIVE' | 'TRUNCATE'): WalState {
  const row = db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() ?? {}
  return { busy: row['busy'] !== 0, frames: Number(row['log']), checkpointed: Number(row['checkpointed']) }
}

/** Brings the WAL into the database, without waiting for anybody, when it has grown enough. */
export function checkpointWhenLarge(connection: Connection): void {
  const row = connection.sql.walSize.get() as unknown as readonly [busy: number, frames: number, done: number]
  const [, frames, checkpointed] = row
  if (frames - checkpointed >= checkpointPages) checkpoint(connection, 'PASSIVE')
}

/** Brings all of the WAL into the database and empties it, as far as no reader holds on to it. */
export function truncateWal(connection: Connection): void {
  checkpoint(connection, 'TRUNCATE')
}

/** As truncateWal, but all must be in the database and synced. @throws where it is not */
export function checkpointAll(connection: Connection): void {
  const { busy, frames, checkpointed } = checkpoint(connection, 'TRUNCATE')
  if (busy && checkpointed < frames)
    throw new Error('another process reads the database, so that its WAL cannot be checkpointed')
}
