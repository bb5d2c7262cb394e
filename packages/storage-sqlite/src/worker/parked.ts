import type { DeadLetterDetails, ParkedKey, ParkedQuery } from '@millrace/storage'
import { leaseId } from '../lease-id.ts'
import type { OtherCalls } from '../wire.ts'
import { appendItem } from './append.ts'
import { removeDelivery } from './deliveries.ts'
import { insertDeadLetter, recordOf } from './settle.ts'
import { despiteDamage } from './sqlite-error.ts'
import type { Store } from './store.ts'

type Row = readonly [route: number, key: string, event: number, since: number, details: string]

/** Those that have stood longest first. */
export function listParked(store: Store, { routes, key, limit }: ParkedQuery): ParkedKey[] {
  const conditions = ['1']
  const values: string[] = []
  if (routes !== undefined) {
    conditions.push('route IN (SELECT value FROM json_each(?))')
    values.push(JSON.stringify(routes))
  }
  if (key !== undefined) {
    conditions.push('key = ?')
    values.push(key)
  }
  const statement = store.connection.db.prepare(
    `SELECT route, key, event, since, details FROM parked WHERE ${conditions.join(' AND ')} ORDER BY since LIMIT ?`,
  )
  statement.setReturnArrays(true)
  return (statement.all(...values, limit) as unknown as Row[]).map((row) => parkedKey(store, row))
}

function parkedKey(store: Store, [route, key, event, since, details]: Row): ParkedKey {
  const { sql } = store.connection
  const [waiting] = sql.countKey.get(route, key) as unknown as readonly [number]
  const record = despiteDamage(() => sql.record.get(event)) as readonly unknown[] | undefined
  return {
    route,
    key,
    delivery: leaseId(event, route),
    waiting,
    since,
    details: JSON.parse(details) as DeadLetterDetails,
    record: record?.[0] instanceof Uint8Array ? record[0] : undefined,
  }
}

/** The head is due now, as if it had never been attempted. → whether the key was parked. */
export function releaseParked(
  store: Store,
  [route, key]: OtherCalls['releaseParked']['args'],
  now: number,
): boolean {
  const { sql } = store.connection
  const event = headOf(store, route, key)
  if (event === undefined) return false
  sql.deleteParked.run(route, key)
  sql.deleteAttempts.run(event, route)
  sql.unpark.run(Math.ceil(now), event, route)
  return true
}

/** Ends the head that was seen, with what follows from it. → the codes of its appends; undefined: stale. */
export function skipParked(
  store: Store,
  { route, key, event, end }: OtherCalls['skipParked']['args'],
  now: number,
): number[] | undefined {
  if (headOf(store, route, key) !== event) return undefined
  for (const letter of end.deadLetters ?? [])
    insertDeadLetter(store, { ...letter, record: letter.record ?? recordOf(store, event) }, now)
  removeDelivery(store, event, route, key)
  return (end.appends ?? []).map((append) => appendItem(store, append, now))
}

function headOf(store: Store, route: number, key: string): number | undefined {
  return (store.connection.sql.parked.get(route, key) as unknown as readonly [number] | undefined)?.[0]
}
