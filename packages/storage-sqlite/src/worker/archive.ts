import type { ArchivedEnd, ArchivedEvent, DeliveryEnd } from '@millrace/storage'
import { leaseId } from '../lease-id.ts'
import type { Store } from './store.ts'

const mostFound = 100

type Row = readonly [id: number, owner: string, record: Uint8Array]
type EndRow = readonly [
  route: number,
  result: DeliveryEnd['result'],
  attempts: number,
  at: number,
  ms: number,
  attemptMs: number | null,
  reason: string | null,
  code: number | null,
]

export function scanArchive(
  store: Store,
  owner: string,
  after: string | undefined,
  limit: number,
): ArchivedEvent[] {
  const rows = store.connection.sql.archived.all(owner, Number(after ?? 0), limit) as unknown as Row[]
  return rows.map((row) => archivedEvent(store, row))
}

/** Oldest first. */
export function findArchived(store: Store, eventId: string): ArchivedEvent[] {
  const rows = store.connection.sql.archivedById.all(eventId, mostFound) as unknown as Row[]
  return rows.map((row) => archivedEvent(store, row))
}

function archivedEvent(store: Store, [id, owner, record]: Row): ArchivedEvent {
  const rows = store.connection.sql.endings.all(id) as unknown as EndRow[]
  return { cursor: String(id), owner, record, ends: rows.map((row) => endOf(id, row)) }
}

function endOf(
  event: number,
  [route, result, attempts, at, ms, attemptMs, reason, code]: EndRow,
): ArchivedEnd {
  return {
    delivery: leaseId(event, route),
    route,
    result,
    attempts,
    at,
    ms,
    ...(attemptMs === null ? undefined : { attemptMs }),
    ...(reason === null ? undefined : { reason }),
    ...(code === null ? undefined : { code }),
  }
}
