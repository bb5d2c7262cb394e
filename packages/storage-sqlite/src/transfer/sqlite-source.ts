import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type {
  DeadLetterDetails,
  DeliveryEnd,
  FailedAttempt,
  MovedDelivery,
  MovedEvent,
} from '@millrace/storage'
import { StorageOpenError } from '@millrace/storage'
import type { StorePiece, StoreSource } from '@millrace/storage'
import { connect, databaseName, disconnect } from '../worker/connection.ts'
import type { Connection } from '../worker/connection.ts'
import { holdDirectory } from '../worker/lock.ts'
import { appendedAt } from '../worker/packs/packed-deliveries.ts'
import { allPacks } from '../worker/packs/read-pack.ts'
import { despiteDamage } from '../worker/sqlite-error.ts'
import { assertNoUnfinishedCopy } from '../worker/unfinished-copy.ts'
import { inBatches } from './pieces.ts'
import { opened } from './opened.ts'

/**
 * A store in a directory, to be read as a whole; it is held like a server's.
 * @throws {StorageOpenError} it is not there, another process holds it, or it cannot be used
 */
export function sqliteSource(path: string): StoreSource {
  if (!existsSync(join(path, databaseName)))
    throw new StorageOpenError('unusable', `there is no store in ${path}`)
  const lock = opened(() => holdDirectory(path))
  try {
    opened(() => assertNoUnfinishedCopy(path))
    const connection = opened(() => connect(path))
    return {
      async *pieces() {
        yield* inBatches(allOf(connection))
      },
      async close() {
        disconnect(connection.db)
        lock.close()
      },
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

type Row = readonly (string | number | Uint8Array | null)[]

function* allOf(connection: Connection): Generator<StorePiece> {
  const { db } = connection
  for (const [route, id, since] of rows(db, 'SELECT number, id, orphaned_since FROM route ORDER BY number'))
    yield { kind: 'route', route: Number(route), id: String(id), orphanedSince: numberOf(since) }
  const read = eventReader(db)
  // a fan-out whose last chunk is missing was never stored; attempts outlive their event
  const ids = `SELECT id FROM event WHERE complete = 1 UNION SELECT event FROM attempt ORDER BY 1`
  const packs = packedEvents(connection)
  let next = packs.next().value
  for (const [id] of rows(db, ids)) {
    for (; next !== undefined && next.at < Number(id); next = packs.next().value)
      yield { kind: 'event', event: next }
    if (next?.at !== Number(id)) yield { kind: 'event', event: read(Number(id)) }
    else {
      // of one of its routes an attempt is remembered
      yield { kind: 'event', event: { ...next, attempts: read(next.at).attempts } }
      next = packs.next().value
    }
  }
  for (; next !== undefined; next = packs.next().value) yield { kind: 'event', event: next }
  const letters = 'SELECT id, route, details, record FROM dead_letter ORDER BY id'
  for (const [id, route, details, record] of rows(db, letters))
    yield {
      kind: 'deadLetter',
      ref: String(id),
      at: Number(id),
      route: Number(route),
      details: JSON.parse(String(details)) as DeadLetterDetails,
      record: bytesOf(record),
    }
  for (const [key, value] of rows(db, 'SELECT key, value FROM checkpoint ORDER BY key'))
    yield { kind: 'checkpoint', key: String(key), value: bytesOf(value) }
  for (const [key, until] of rows(db, 'SELECT key, until FROM dedupe'))
    yield { kind: 'dedupe', key: String(key), until: Number(until) }
  for (const [name, token] of rows(db, 'SELECT name, token FROM singleton'))
    yield { kind: 'singleton', name: String(name), token: Number(token) }
}

function* packedEvents(connection: Connection): Generator<MovedEvent, undefined> {
  for (const pack of allPacks({ connection, stuckPacks: new Set() })) {
    const records = despiteDamage(() => connection.sql.packRecords.get(pack.id)) as unknown as
      | readonly [Uint8Array]
      | undefined
    for (const [index, at] of pack.events.entries()) {
      const routes = pack.routesOf(index).toSorted((left, right) => left - right)
      if (routes.length === 0) continue
      yield {
        ref: String(at),
        at,
        stored: { owner: pack.ownerOf(index), record: bytesOf(records?.[0].slice(...pack.span(index))) },
        deliveries: routes.map((route) => ({
          route,
          due: appendedAt(at),
          attempts: 0,
          firstAttempt: undefined,
          interruptions: 0,
          key: undefined,
          parked: undefined,
        })),
        archived: undefined,
        attempts: [],
      }
    }
  }
}

function eventReader(db: DatabaseSync): (id: number) => MovedEvent {
  const event = prepared(
    db,
    'SELECT owner, record, keep_until, event_id FROM event WHERE id = ? AND complete = 1',
  )
  const deliveries = prepared(
    db,
    'SELECT route, due, attempts, first_attempt, key FROM delivery WHERE event = ? ORDER BY route',
  )
  const parked = prepared(db, 'SELECT since, details FROM parked WHERE route = ? AND key = ?')
  const ends = prepared(
    db,
    'SELECT route, result, attempts, at, ms, attempt_ms, reason, code FROM ending WHERE event = ? ORDER BY route',
  )
  const attempts = prepared(
    db,
    'SELECT route, n, at, code, error, body, ms FROM attempt WHERE event = ? ORDER BY route, n',
  )

  function deliveryOf([route, due, tries, first, key]: Row): MovedDelivery {
    const stands =
      Number(due) === 0 && key !== null ? (parked.get(route!, key!) as Row | undefined) : undefined
    return {
      route: Number(route),
      // negative: it is held by its key
      due: Math.abs(Number(due)),
      attempts: Number(tries),
      firstAttempt: numberOf(first),
      interruptions: 0,
      key: key === null ? undefined : String(key),
      parked:
        stands === undefined
          ? undefined
          : { since: Number(stands[0]), details: JSON.parse(String(stands[1])) as DeadLetterDetails },
    }
  }

  return (id) => {
    const found = event.get(id) as unknown as Row | undefined
    const [owner, record, until, eventId] = found ?? []
    const failed = Map.groupBy(attempts.all(id) as unknown as Row[], ([route]) => Number(route))
    return {
      ref: String(id),
      at: id,
      stored: found === undefined ? undefined : { owner: String(owner), record: bytesOf(record) },
      deliveries: found === undefined ? [] : (deliveries.all(id) as unknown as Row[]).map(deliveryOf),
      archived:
        until === undefined || until === null
          ? undefined
          : {
              until: Number(until),
              eventId: eventId === null ? undefined : String(eventId),
              ends: (ends.all(id) as unknown as Row[]).map((row) => ({
                route: Number(row[0]),
                end: endOf(row),
              })),
            },
      attempts: [...failed].map(([route, all]) => ({ route, failed: all.map(attemptOf) })),
    }
  }
}

function endOf([, result, attempts, at, ms, attemptMs, reason, code]: Row): DeliveryEnd {
  return {
    result: result as DeliveryEnd['result'],
    attempts: Number(attempts),
    at: Number(at),
    ms: Number(ms),
    ...(attemptMs === null ? {} : { attemptMs: Number(attemptMs) }),
    ...(reason === null ? {} : { reason: String(reason) }),
    ...(code === null ? {} : { code: Number(code) }),
  }
}

function attemptOf([, n, at, code, error, body, ms]: Row): FailedAttempt {
  return {
    n: Number(n),
    at: Number(at),
    ...(code === null ? {} : { code: Number(code) }),
    ...(error === null ? {} : { error: String(error) }),
    ...(body === null ? {} : { body: String(body) }),
    ms: Number(ms),
  }
}

function prepared(db: DatabaseSync, text: string): StatementSync {
  const statement = db.prepare(text)
  statement.setReturnArrays(true)
  return statement
}

function rows(db: DatabaseSync, text: string): Iterable<Row> {
  return prepared(db, text).iterate() as unknown as Iterable<Row>
}

function numberOf(value: Row[number] | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}

/** What was damaged by hand is no bytes: it stays unreadable. */
function bytesOf(value: Row[number] | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array()
}
