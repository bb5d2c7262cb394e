import type { Storage, StorageLimits } from '@millrace/storage'
import type { StorageHarness, Subject } from '@millrace/storage/conformance'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqlite } from '../src/sqlite-storage.ts'
import { fault } from './commit-faults.ts'

const faultModule = new URL('./commit-faults.ts', import.meta.url).href

/** The embedded store: what a crash leaves is a copy of its files at that moment, opened as the next store. */
export const sqliteHarness: StorageHarness = { create, histories: 10 }

async function create(limits: StorageLimits = {}): Promise<Subject> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-'))
  const clock = { now: 1_700_000_000_000 }
  const control = new SharedArrayBuffer(4)
  const flag = new Int32Array(control)
  let lives = 0
  const directory = (): string => join(root, String(lives))
  const image = (): string => join(root, String(lives + 1))
  const open = (): Promise<Storage> =>
    openSqlite(
      { path: directory(), reserveBytes: 1_024, limits, now: () => clock.now },
      { module: faultModule, control, image: image() },
    )
  let storage = await open()

  /** Waits for the death that was ordered, and goes on with what it has left. */
  async function revive(): Promise<void> {
    await storage.checkpoints.put('nobody reads this', new Uint8Array()).catch(() => undefined)
    await storage.close()
    lives += 1
    storage = await open()
  }

  return {
    get storage() {
      return storage
    },
    clock,
    async reopen() {
      await storage.close()
      storage = await open()
    },
    async crash() {
      Atomics.store(flag, 0, fault.dieBefore)
      await revive()
    },
    crashAt: (point) =>
      void Atomics.store(flag, 0, point === 'before-commit' ? fault.dieBefore : fault.dieAfter),
    revive,
    failCommit: (landed) => void Atomics.store(flag, 0, landed ? fault.failAfter : fault.failBefore),
    async damage(id) {
      const db = new DatabaseSync(join(directory(), 'millrace.db'))
      spoil(db, Number(id.split('-')[0]))
      db.close()
    },
    second: open,
    async dispose() {
      await storage.close()
      await rm(root, { recursive: true })
    },
  }
}

/** The event lies in a row of its own, or in a pack (docs/store.md). */
function spoil(db: DatabaseSync, event: number): void {
  if (db.prepare("UPDATE event SET record = x'00' WHERE id = ?").run(event).changes > 0) return
  const row = db.prepare('SELECT * FROM pack WHERE id <= ? ORDER BY id DESC LIMIT 1').get(event)
  const records = row?.['records'] as Uint8Array
  let from = 0
  for (const run of JSON.parse(String(row?.['contents'])) as { events: [number, number][] }[])
    for (const [number, bytes] of run.events) {
      if (number === event) records.fill(0, from, from + bytes)
      from += bytes
    }
  db.prepare('UPDATE pack SET records = ? WHERE id = ?').run(records, Number(row?.['id']))
}
