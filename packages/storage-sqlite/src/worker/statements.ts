import type { DatabaseSync, StatementSync } from 'node:sqlite'

const texts = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  walSize: 'PRAGMA wal_checkpoint(NOOP)',
  bump: 'UPDATE state SET commits = commits + 1, last_id = ?',

  dedupe: 'SELECT 1 FROM dedupe WHERE key = ? AND until > ?',
  remember: 'INSERT OR REPLACE INTO dedupe VALUES (?, ?)',
  insertEvent: 'INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)',
  completeEvent: 'UPDATE event SET complete = 1 WHERE id = ?',
  hasEvent: 'SELECT 1 FROM event WHERE id = ?',
  deleteEvent: 'DELETE FROM event WHERE id = ?',
  sweepEvent:
    'DELETE FROM event WHERE id = ?1 AND keep_until IS NULL AND NOT EXISTS (SELECT 1 FROM delivery WHERE event = ?1)',

  // As sweepEvent, for a store with limits: what the event weighs, where no delivery is left of it.
  finished:
    'SELECT owner, length(record), keep_until FROM event WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM delivery WHERE event = ?1)',

  insertPack: 'INSERT INTO pack VALUES (?, ?, ?, ?)',
  deletePack: 'DELETE FROM pack WHERE id = ?',
  packContents: 'SELECT contents FROM pack WHERE id = ?',
  packRecords: 'SELECT records FROM pack WHERE id = ?',
  packBefore: 'SELECT id FROM pack WHERE id <= ? ORDER BY id DESC LIMIT 1',
  packAfter: 'SELECT id FROM pack WHERE id > ? ORDER BY id LIMIT 1',
  knownPackBefore: 'SELECT max(pack) FROM pack_route WHERE pack <= ?',
  knownPackAfter: 'SELECT min(pack) FROM pack_route WHERE pack > ?',
  insertPackRoute: 'INSERT INTO pack_route VALUES (?, ?, ?, ?)',
  writePackRoute: 'UPDATE pack_route SET left = ?, bits = ? WHERE route = ? AND pack = ?',
  deletePackRoute: 'DELETE FROM pack_route WHERE route = ? AND pack = ?',
  packLeft: 'SELECT bits FROM pack_route WHERE route = ? AND pack = ?',
  packRoutes: 'SELECT route, left, bits FROM pack_route WHERE pack = ?',
  nextPackOf: 'SELECT pack FROM pack_route WHERE route = ? AND pack > ? ORDER BY pack LIMIT 1',

  keyTaken: 'SELECT 1 FROM delivery WHERE route = ? AND key = ? LIMIT 1',
  insertDelivery: 'INSERT OR IGNORE INTO delivery VALUES (?, ?, ?, ?, ?, ?)',
  deleteDelivery: 'DELETE FROM delivery WHERE event = ? AND route = ?',
  deleteKeyed: 'DELETE FROM delivery WHERE event = ? AND route = ? RETURNING due',
  promote: `UPDATE delivery SET due = -due WHERE due < 0 AND route = ?1
    AND event = (SELECT min(event) FROM delivery WHERE route = ?1 AND key = ?2)`,
  retry: `UPDATE delivery SET due = ?1, attempts = attempts + ?2, first_attempt = coalesce(first_attempt, ?3)
    WHERE event = ?4 AND route = ?5`,
  deliveriesOf: 'SELECT route, key FROM delivery WHERE event = ?',
  routeDeliveries:
    'SELECT event, abs(due), attempts, first_attempt, key FROM delivery WHERE route = ? AND event > ? ORDER BY event LIMIT ?',

  deliveriesAfter: `SELECT event, route, due, attempts, first_attempt, key FROM delivery
    WHERE (event, route) > (?, ?) ORDER BY event, route LIMIT ?`,
  keyDeliveries: `SELECT event, route, due, attempts, first_attempt, key FROM delivery
    WHERE route = ? AND key = ? AND event > ? ORDER BY event LIMIT ?`,
  listedEvent: 'SELECT owner, record FROM event WHERE id = ?',
  listedEventLike: 'SELECT owner, record FROM event WHERE id = ? AND instr(record, ?) > 0',

  park: `UPDATE delivery SET due = 0, attempts = attempts + ?, first_attempt = coalesce(first_attempt, ?)
    WHERE event = ? AND route = ?`,
  insertParked: 'INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?, ?)',
  parked: 'SELECT event FROM parked WHERE route = ? AND key = ?',
  parkedCounts: 'SELECT route, count(*) FROM parked GROUP BY route',
  deleteParked: 'DELETE FROM parked WHERE route = ? AND key = ?',
  unpark: 'UPDATE delivery SET due = ?, attempts = 0, first_attempt = NULL WHERE event = ? AND route = ?',
  deleteAttempts: 'DELETE FROM attempt WHERE event = ? AND route = ?',
  countKey: 'SELECT count(*) FROM delivery WHERE route = ? AND key = ?',

  dueOf: 'SELECT due, event FROM delivery WHERE route = ? AND due > 0 ORDER BY due, event',
  delivery: 'SELECT attempts, first_attempt, key FROM delivery WHERE event = ? AND route = ?',
  // The plus keeps it on the primary key: from the route's oldest so far, in the order of appends.
  oldest: 'SELECT event FROM delivery WHERE event BETWEEN ? AND ? AND +route = ? ORDER BY event LIMIT 1',

  attempt: 'INSERT OR REPLACE INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  attempts: 'SELECT n, at, code, error, body, ms FROM attempt WHERE event = ? AND route = ? ORDER BY n',

  record: 'SELECT record FROM event WHERE id = ?',
  insertDeadLetter: 'INSERT INTO dead_letter VALUES (?, ?, ?, ?, ?, ?)',
  deadLetter: 'SELECT id, route, details, record FROM dead_letter WHERE id = ?',
  deleteDeadLetter: 'DELETE FROM dead_letter WHERE id = ? RETURNING route',

  insertRoute: 'INSERT INTO route (id, orphaned_since) VALUES (?, NULL)',
  orphan: 'UPDATE route SET orphaned_since = ? WHERE number = ?',

  insertEnding: `INSERT OR REPLACE INTO ending SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
    WHERE EXISTS (SELECT 1 FROM event WHERE id = ?1 AND keep_until IS NOT NULL)`,
  endings:
    'SELECT route, result, attempts, at, ms, attempt_ms, reason, code FROM ending WHERE event = ? ORDER BY route',
  deleteEndings: 'DELETE FROM ending WHERE event = ?',
  archived: `SELECT id, owner, record FROM event INDEXED BY event_archive
    WHERE owner = ? AND keep_until IS NOT NULL AND complete = 1 AND id > ? ORDER BY id LIMIT ?`,
  keptTooLong: 'SELECT id FROM event WHERE keep_until <= ? LIMIT ?',
  archivedById: `SELECT id, owner, record FROM event
    WHERE event_id = ? AND keep_until IS NOT NULL AND complete = 1 ORDER BY id LIMIT ?`,
  archivedSizes: `SELECT id, length(record) FROM event INDEXED BY event_archive
    WHERE owner = ? AND keep_until IS NOT NULL AND id < ? ORDER BY id DESC LIMIT ?`,
  keepNoLonger: 'UPDATE event SET keep_until = NULL, event_id = NULL WHERE id = ?',

  checkpoint: 'SELECT value FROM checkpoint WHERE key = ?',
  checkpoints:
    'SELECT key, value FROM checkpoint WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key',
  putCheckpoint: 'INSERT OR REPLACE INTO checkpoint VALUES (?, ?)',
  deleteCheckpoint: 'DELETE FROM checkpoint WHERE key = ?',

  acquire: `INSERT INTO singleton VALUES (?1, ?2, 1, ?3) ON CONFLICT (name) DO UPDATE
    SET holder = excluded.holder, token = token + 1, until = excluded.until
    WHERE until <= ?4 OR holder = excluded.holder RETURNING token`,
  token: 'SELECT token FROM singleton WHERE name = ?',
  extend: 'UPDATE singleton SET until = ? WHERE name = ? AND token = ? AND until > ?',

  expireDeadLetters: `DELETE FROM dead_letter WHERE id IN
    (SELECT id FROM dead_letter WHERE last_attempt < ? LIMIT ?) RETURNING route`,
  oldAttempts: 'SELECT event, route, n FROM attempt WHERE at < ? LIMIT ?',
  deleteAttempt: 'DELETE FROM attempt WHERE event = ? AND route = ? AND n = ?',
  expireDedupe: 'DELETE FROM dedupe WHERE until <= ?',
} as const

/** Every fixed statement of the store, prepared; rows come as arrays. */
export type Statements = { readonly [name in keyof typeof texts]: StatementSync }

export function prepareStatements(db: DatabaseSync): Statements {
  const prepared = Object.entries(texts).map(([name, text]) => {
    const statement = db.prepare(text)
    statement.setReturnArrays(true)
    return [name, statement]
  })
  return Object.fromEntries(prepared) as Statements
}
