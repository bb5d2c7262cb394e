import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { renamedDelivery, StorageOpenError } from '@millrace/storage'
import type { MovedEvent, StorePiece, StoreTarget } from '@millrace/storage'
import { connect, databaseName, disconnect } from '../worker/connection.ts'
import { holdDirectory } from '../worker/lock.ts'
import type { Statements } from '../worker/statements.ts'
import { unfinishedCopy } from '../worker/unfinished-copy.ts'
import { opened } from './opened.ts'

const tables = ['event', 'pack', 'delivery', 'dead_letter', 'route', 'checkpoint', 'dedupe']

/**
 * A directory that is to become a store; what an earlier copy has left unfinished there is removed.
 * @throws {StorageOpenError} a store with something in it is there, or another process holds it
 */
export function sqliteTarget(path: string): StoreTarget {
  mkdirSync(path, { recursive: true })
  const lock = opened(() => holdDirectory(path))
  try {
    assertEmpty(path)
    const part = unfinishedCopy(path)
    rmSync(part, { recursive: true, force: true })
    mkdirSync(part)
    const { db, sql } = opened(() => connect(part))
    // only one that is finished is used, and that one is synced
    db.exec('PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 2000')
    db.exec('CREATE TEMP TABLE renamed (ref TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID')
    const filling = new Filling(db, sql)
    return {
      async take(pieces) {
        filling.take(pieces)
      },
      async finish() {
        db.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)')
        db.close()
        sync(join(part, databaseName))
        for (const name of [databaseName, `${databaseName}-wal`, `${databaseName}-shm`])
          rmSync(join(path, name), { force: true })
        renameSync(join(part, databaseName), join(path, databaseName))
        sync(path)
        rmSync(part, { recursive: true })
      },
      async close() {
        if (db.isOpen) disconnect(db)
        lock.close()
      },
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

function assertEmpty(path: string): void {
  if (!existsSync(join(path, databaseName))) return
  const { db } = opened(() => connect(path))
  try {
    const holds = tables.flatMap((table) => {
      const { n } = db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }
      return n === 0 ? [] : [`${n} in ${table}`]
    })
    if (holds.length > 0)
      throw new StorageOpenError(
        'unusable',
        `the store ${path} is not empty (${holds.join(', ')}); name another directory`,
      )
  } finally {
    disconnect(db)
  }
}

/** Writes pieces; ids that ascend are kept, and given anew where two events have the same time. */
class Filling {
  readonly #sql: Statements
  readonly #sqlOf: {
    readonly route: ReturnType<DatabaseSync['prepare']>
    readonly delivery: ReturnType<DatabaseSync['prepare']>
    readonly singleton: ReturnType<DatabaseSync['prepare']>
    readonly rename: ReturnType<DatabaseSync['prepare']>
    readonly renamed: ReturnType<DatabaseSync['prepare']>
  }
  #lastId = 0
  #lastLetter = 0

  constructor(db: DatabaseSync, sql: Statements) {
    this.#sql = sql
    this.#sqlOf = {
      route: db.prepare('INSERT INTO route (number, id, orphaned_since) VALUES (?, ?, ?)'),
      delivery: db.prepare(
        'INSERT INTO delivery (event, route, due, attempts, first_attempt, key) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      singleton: db.prepare("INSERT INTO singleton (name, holder, token, until) VALUES (?, '', ?, 0)"),
      rename: db.prepare('INSERT INTO renamed VALUES (?, ?)'),
      renamed: db.prepare('SELECT id FROM renamed WHERE ref = ?'),
    }
  }

  take(pieces: readonly StorePiece[]): void {
    this.#sql.begin.run()
    for (const piece of pieces) this.#put(piece)
    const last = Math.max(this.#lastId, this.#lastLetter)
    this.#sql.bump.run(last)
    this.#sql.commit.run()
  }

  #put(piece: StorePiece): void {
    switch (piece.kind) {
      case 'route':
        this.#sqlOf.route.run(piece.route, piece.id, piece.orphanedSince ?? null)
        return
      case 'event':
        this.#putEvent(piece.event)
        return
      case 'deadLetter': {
        this.#lastLetter = Math.max(this.#lastLetter + 1, piece.at)
        const details = renamedDelivery(piece.details, (ref) => String(this.#idOf(ref)))
        const { type = null, lastAttempt } = details
        const json = JSON.stringify(details)
        this.#sql.insertDeadLetter.run(this.#lastLetter, piece.route, type, lastAttempt, json, piece.record)
        return
      }
      case 'checkpoint':
        this.#sql.putCheckpoint.run(piece.key, piece.value)
        return
      case 'dedupe':
        this.#sql.remember.run(piece.key, Math.ceil(piece.until))
        return
      case 'singleton':
        this.#sqlOf.singleton.run(piece.name, piece.token)
    }
  }

  #putEvent({ ref, at, stored, deliveries, archived, attempts }: MovedEvent): void {
    const id = Math.max(this.#lastId + 1, at)
    this.#lastId = id
    if (id !== timeOf(ref)) this.#sqlOf.rename.run(ref, id)
    if (stored !== undefined) {
      const { until = null, eventId = null } = archived ?? {}
      this.#sql.insertEvent.run(id, stored.owner, until, 1, stored.record, eventId)
    }
    for (const { route, due, attempts: count, firstAttempt, key, parked } of deliveries) {
      if (parked !== undefined && key !== undefined)
        this.#sql.insertParked.run(route, key, id, parked.since, JSON.stringify(parked.details))
      const isHeld = key !== undefined && this.#sql.keyTaken.get(route, key) !== undefined
      const written = parked !== undefined ? 0 : isHeld ? -Math.ceil(due) : Math.ceil(due)
      this.#sqlOf.delivery.run(id, route, written, count, firstAttempt ?? null, key ?? null)
    }
    for (const { route, end } of archived?.ends ?? []) {
      const { result, attempts: count, at: ended, ms, attemptMs = null, reason = null, code = null } = end
      this.#sql.insertEnding.run(id, route, result, count, ended, ms, attemptMs, reason, code)
    }
    for (const { route, failed } of attempts)
      for (const { n, at: when, code = null, error = null, body = null, ms } of failed)
        this.#sql.attempt.run(id, route, n, when, code, error, body, ms)
  }

  /** What an event is called here. */
  #idOf(ref: string): number {
    const found = this.#sqlOf.renamed.get(ref) as { id: number } | undefined
    return found?.id ?? timeOf(ref)
  }
}

/** A name is, or begins with, microseconds. */
function timeOf(ref: string): number {
  return Number(/^\d+/.exec(ref)?.[0] ?? 0)
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
