import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OpenFailure } from './open-failure.ts'
import { migrations } from './schema.ts'
import { describeError, isDamage } from './sqlite-error.ts'
import { prepareStatements } from './statements.ts'
import type { Statements } from './statements.ts'

/** The open database with its prepared statements. */
export interface Connection {
  readonly db: DatabaseSync
  readonly sql: Statements
}

export const databaseName = 'millrace.db'

/** Another process's transaction (a `sqlite3` shell's) is waited for so long. */
const busyTimeoutMs = 2_000
/** Each page that a commit changes is two writes to the WAL: with 4 KiB a commit has nearly twice as many of them. */
const pageBytes = 8 * 1024
const cacheKib = 16 * 1024

/** @throws {OpenFailure} for a store that this program cannot use; SQLite's own error for a failing disk. */
export function connect(path: string): Connection {
  const file = join(path, databaseName)
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs })
  try {
    // Only an empty database takes these, and only before it becomes a WAL database.
    db.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = INCREMENTAL`)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
    db.exec(`PRAGMA cache_size = -${cacheKib}; PRAGMA temp_store = MEMORY`)
    migrate(db, path)
    return { db, sql: prepareStatements(db) }
  } catch (error) {
    disconnect(db)
    if (!isDamage(error)) throw error
    throw new OpenFailure('damaged', `${file} cannot be read as a database: ${describeError(error)}`)
  }
}

/** Closing may fail where the disk does; the connection is gone all the same. */
export function disconnect(db: DatabaseSync): void {
  try {
    db.close()
  } catch {
    // What it could not write stays in the WAL.
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > migrations.length) {
    throw new OpenFailure(
      'newer',
      `the store ${path} has version ${version}, this program knows versions up to ${migrations.length}: use the newer millrace that wrote it`,
    )
  }
  for (const [from, change] of migrations.entries())
    if (from >= version) db.exec(`BEGIN IMMEDIATE; ${change}; PRAGMA user_version = ${from + 1}; COMMIT`)
}
