/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that are the disk's or the file's doing. */
const busy = 5
const locked = 6
const outOfMemory = 7
const readOnly = 8
const ioError = 10
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26

const ofTheDisk = new Set([busy, locked, outOfMemory, readOnly, ioError, full, cannotOpen, notADatabase])

/** The primary result code; undefined where the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return error.errcode & 0xff
}

/**
 * The store can do nothing about it now, but may later. Anything else concerns one call: a fault of its
 * own, or a damaged page of the database, which must not keep the rest from going on.
 */
export function isDiskFailure(error: unknown): boolean {
  return ofTheDisk.has(sqliteCode(error) ?? 0)
}

export function isDiskFull(error: unknown): boolean {
  return sqliteCode(error) === full
}

export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === corrupt || code === notADatabase
}

let isWarned = false

/** Undefined where a damaged page is in the way, which is said once. */
export function despiteDamage<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!isDamage(error)) throw error
    if (!isWarned) process.emitWarning(`a page of the store's database is damaged: ${describeError(error)}`)
    isWarned = true
    return undefined
  }
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === busy
}

/** One sentence, such as `disk I/O error (SQLite 1034)`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'errcode' in error ? `${error.message} (SQLite ${String(error.errcode)})` : error.message
}
