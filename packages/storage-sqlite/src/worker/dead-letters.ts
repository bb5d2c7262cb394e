import type { DeadLetter, DeadLetterDetails, DeadLetterQuery, DeadLetterStore } from '@millrace/storage'
import { insertEvent } from './append.ts'
import { insertDelivery } from './deliveries.ts'
import type { Store } from './store.ts'

type Row = readonly [id: number, route: number, details: string, record: Uint8Array]

/** Oldest first. */
export function listDeadLetters(store: Store, query: DeadLetterQuery): DeadLetter[] {
  const { routes, type, since, after, limit } = query
  const conditions = ['id > ?']
  const values: (number | string)[] = [Number(after ?? 0)]
  if (routes !== undefined) {
    conditions.push('route IN (SELECT value FROM json_each(?))')
    values.push(JSON.stringify(routes))
  }
  if (type !== undefined) {
    conditions.push('type = ?')
    values.push(type)
  }
  if (since !== undefined) {
    conditions.push('last_attempt >= ?')
    values.push(since)
  }
  const found = `SELECT id FROM dead_letter WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT ?`
  const statement = store.connection.db.prepare(
    `SELECT id, route, details, record FROM dead_letter WHERE id IN (${found}) ORDER BY id`,
  )
  statement.setReturnArrays(true)
  return (statement.all(...values, limit) as unknown as Row[]).map(letterOf)
}

export function getDeadLetter(store: Store, id: string): DeadLetter | undefined {
  const row = store.connection.sql.deadLetter.get(Number(id)) as unknown as Row | undefined
  return row === undefined ? undefined : letterOf(row)
}

function letterOf([id, route, details, record]: Row): DeadLetter {
  return { id: String(id), route, record, details: JSON.parse(details) as DeadLetterDetails }
}

/** Each becomes a fresh delivery. → the ids that were there. */
export function redrive(
  store: Store,
  items: Parameters<DeadLetterStore['redrive']>[0],
  now: number,
): string[] {
  const there: string[] = []
  for (const { id, owner, route, record, key, archive } of items) {
    const letter = getDeadLetter(store, id)
    if (letter === undefined) continue
    dropDeadLetters(store, [id])
    const item = { owner, record: record ?? letter.record, to: [{ route, lease: false }] }
    const event = insertEvent(store, archive === undefined ? item : { ...item, archive }, now, true)
    insertDelivery(store, event, { route, due: now, key })
    there.push(id)
  }
  return there
}

/** → how many there were. */
export function dropDeadLetters(store: Store, ids: readonly string[]): number {
  let dropped = 0
  for (const id of ids) {
    const gone = store.connection.sql.deleteDeadLetter.get(Number(id)) as readonly number[] | undefined
    if (gone === undefined) continue
    store.state.countDeadLetter(Number(gone[0]), -1)
    dropped += 1
  }
  return dropped
}
