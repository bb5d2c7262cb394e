import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OpenFailure } from './open-failure.ts'
import { describeError, isBusy, isDamage } from './sqlite-error.ts'

/**
 * Holds a store's directory until it is closed or the process dies. The lock is the kernel's (a record
 * lock, which SQLite takes for an open write transaction), so that nothing has to be cleaned up after
 * `kill -9`. Others can still read the file, whose `user_version` is the holder's pid. It must be read
 * through SQLite only: closing any other descriptor of the file would free the lock.
 */
export function holdDirectory(path: string): { close(): void } {
  const db = openLock(join(path, 'lock'))
  try {
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF')
    db.exec(`PRAGMA user_version = ${process.pid}`)
    db.exec('BEGIN IMMEDIATE')
    return db
  } catch (error) {
    const holder = isBusy(error) ? pidIn(db) : undefined
    db.close()
    throw refusal(path, error, holder)
  }
}

function openLock(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 })
  } catch (error) {
    throw new OpenFailure('unusable', `the lock ${file} cannot be opened: ${describeError(error)}`)
  }
}

function pidIn(db: DatabaseSync): number | undefined {
  try {
    return Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  } catch {
    return undefined
  }
}

function refusal(path: string, error: unknown, holder: number | undefined): OpenFailure {
  if (isBusy(error)) {
    const who = holder === undefined ? 'another process' : `process ${holder}`
    const advice = 'one process holds a store at a time: stop it, or give this one another directory'
    return new OpenFailure('held', `the store ${path} is held by ${who}; ${advice}`)
  }
  if (isDamage(error)) {
    return new OpenFailure(
      'damaged',
      `${join(path, 'lock')} is damaged: remove it when no process uses the store`,
    )
  }
  return new OpenFailure('unusable', `the store ${path} cannot be locked: ${describeError(error)}`)
}
