/**
 * What `docs/store.md` describes. Each entry brings a store from the version that is its index to the
 * next (`PRAGMA user_version`); entries are never changed once they have been released.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    commits INTEGER NOT NULL,
    last_id INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0, 0);

  CREATE TABLE route (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    orphaned_since INTEGER
  ) STRICT;

  CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    keep_until INTEGER,
    complete INTEGER NOT NULL,
    record BLOB NOT NULL
  ) STRICT;
  CREATE INDEX event_incomplete ON event (complete) WHERE complete = 0;
  CREATE INDEX event_archive ON event (owner, id) WHERE keep_until IS NOT NULL;
  CREATE INDEX event_kept ON event (keep_until) WHERE keep_until IS NOT NULL;

  CREATE TABLE delivery (
    event INTEGER NOT NULL,
    route INTEGER NOT NULL,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    first_attempt INTEGER,
    key TEXT,
    PRIMARY KEY (event, route)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_due ON delivery (route, due, event);
  CREATE INDEX delivery_key ON delivery (route, key, event) WHERE key IS NOT NULL;

  CREATE TABLE attempt (
    event INTEGER NOT NULL,
    route INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    code INTEGER,
    error TEXT,
    body TEXT,
    ms REAL NOT NULL,
    PRIMARY KEY (event, route, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attempt_at ON attempt (at);

  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY,
    route INTEGER NOT NULL,
    type TEXT,
    last_attempt INTEGER NOT NULL,
    details TEXT NOT NULL,
    record BLOB NOT NULL
  ) STRICT;
  CREATE INDEX dead_letter_route ON dead_letter (route, type, last_attempt);
  CREATE INDEX dead_letter_last ON dead_letter (last_attempt);

  CREATE TABLE dedupe (key TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX dedupe_until ON dedupe (until);

  CREATE TABLE checkpoint (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

  CREATE TABLE singleton (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE event ADD COLUMN event_id TEXT;
  CREATE INDEX event_by_id ON event (event_id) WHERE event_id IS NOT NULL;

  CREATE TABLE ending (
    event INTEGER NOT NULL,
    route INTEGER NOT NULL,
    result TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    at INTEGER NOT NULL,
    ms REAL NOT NULL,
    attempt_ms REAL,
    reason TEXT,
    code INTEGER,
    PRIMARY KEY (event, route)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE parked (
    route INTEGER NOT NULL,
    key TEXT NOT NULL,
    event INTEGER NOT NULL,
    since INTEGER NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (route, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parked_since ON parked (since);
  `,
  `
  ALTER TABLE event ADD COLUMN routes TEXT;
  ALTER TABLE state ADD COLUMN fresh_from INTEGER NOT NULL DEFAULT 0;
  UPDATE state SET fresh_from = last_id + 1;
  CREATE TABLE progress (event INTEGER PRIMARY KEY, routes TEXT NOT NULL) STRICT;
  `,
  `
  INSERT OR IGNORE INTO delivery
    SELECT event.id, fresh.value, max(1, event.id / 1000), 0, NULL, NULL
    FROM event LEFT JOIN progress ON progress.event = event.id,
      json_each('[' || coalesce(progress.routes, event.routes) || ']') AS fresh
    WHERE event.routes IS NOT NULL;
  DROP TABLE progress;
  ALTER TABLE event DROP COLUMN routes;
  ALTER TABLE state DROP COLUMN fresh_from;

  CREATE TABLE pack (
    id INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    contents TEXT NOT NULL,
    records BLOB NOT NULL
  ) STRICT;
  CREATE TABLE pack_route (
    route INTEGER NOT NULL,
    pack INTEGER NOT NULL,
    left INTEGER NOT NULL,
    bits BLOB,
    PRIMARY KEY (route, pack)
  ) STRICT, WITHOUT ROWID;
  `,
]
