import { tempDir } from '@millrace/testkit'
import { mkdir, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sqliteStorage } from '../src/index.ts'
import { migrations } from '../src/worker/schema.ts'
import { storeProcess } from './store-process.ts'

async function directory(): Promise<string> {
  const made = await tempDir()
  onTestFinished(() => made[Symbol.asyncDispose]())
  return `${made.path}/store`
}

describe('opening a store', () => {
  test("a second process is refused, in a sentence with the holder's pid", async () => {
    const path = await directory()
    await using holder = await storeProcess({ path })
    const refused = sqliteStorage({ path })
    await expect(refused).rejects.toMatchObject({ name: 'StorageOpenError', code: 'held' })
    await expect(refused).rejects.toThrow(`the store ${path} is held by process ${holder.pid}`)
  })

  test('kill -9 frees it at once, and what was stored is there', async () => {
    const path = await directory()
    for (let life = 1; life <= 3; life += 1) {
      await using store = await storeProcess({ path })
      expect(await store.waiting()).toHaveLength(life - 1)
      expect(await store.put([`e${life}`], true)).toEqual(['stored'])
      await store.kill()
    }
    const storage = await sqliteStorage({ path })
    expect(await storage.stats()).toMatchObject([{ unsettled: 3 }])
    await storage.close()
  })

  test('a refused second open leaves the first its lock', async () => {
    const path = await directory()
    const first = await sqliteStorage({ path })
    await expect(sqliteStorage({ path })).rejects.toThrow(`process ${process.pid}`)
    await expect(sqliteStorage({ path })).rejects.toThrow(`process ${process.pid}`)
    await first.close()
    await (await sqliteStorage({ path })).close()
  })

  test('a store of a newer version is refused, and left as it is', async () => {
    const path = await directory()
    await (await sqliteStorage({ path })).close()
    const db = new DatabaseSync(`${path}/millrace.db`)
    db.exec('PRAGMA user_version = 99')
    db.close()
    const refused = sqliteStorage({ path })
    await expect(refused).rejects.toMatchObject({ name: 'StorageOpenError', code: 'newer' })
    await expect(refused).rejects.toThrow(/has version 99, this program knows versions up to \d+/)
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'newer' })
  })

  test('a store of the first version is brought to this one, with all that is in it', async () => {
    const path = await directory()
    await mkdir(path)
    const db = new DatabaseSync(`${path}/millrace.db`)
    db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; ${migrations[0]}`)
    db.exec(`
      INSERT INTO route VALUES (1, 'a', NULL);
      INSERT INTO event VALUES (7000, '/default/o', NULL, 1, x'65'), (8000, '/default/o', 99, 1, x'66');
      INSERT INTO delivery VALUES (7000, 1, 5, 2, 4, 'k'), (8000, 1, -6, 0, NULL, 'k');
      UPDATE state SET last_id = 8000;
      PRAGMA user_version = 1`)
    db.close()
    const storage = await sqliteStorage({ path, now: () => 50 })
    await storage.routes.register(['a'])
    const [claimed] = await storage.claim([{ route: 1, max: 9, maxBytes: 99 }])
    expect(claimed!.leases).toMatchObject([{ id: '7000-1', attempts: 2, record: Uint8Array.of(0x65) }])
    const details = { reason: 'x', attempts: 3, firstAttempt: 4, lastAttempt: 50 }
    await storage.settle([{ lease: claimed!.leases[0]!, outcome: { kind: 'park', details } }])
    expect(await storage.parked.list({ limit: 9 })).toMatchObject([{ key: 'k', waiting: 2 }])
    expect(await storage.archive.scan('/default/o', undefined, 9)).toMatchObject([
      { cursor: '8000', ends: [] },
    ])
    await storage.close()
    const after = new DatabaseSync(`${path}/millrace.db`, { readOnly: true })
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length })
    after.close()
  })

  test('events that an earlier version kept without rows of deliveries have them now', async () => {
    const path = await directory()
    await mkdir(path)
    const db = new DatabaseSync(`${path}/millrace.db`)
    db.exec(
      `PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; ${migrations.slice(0, 3).join(';')}`,
    )
    db.exec(`
      INSERT INTO route VALUES (1, 'a', NULL), (2, 'b', NULL), (3, 'c', NULL);
      INSERT INTO event VALUES (7000, '/default/o', NULL, 1, x'65', NULL, '1,2,3'), (8000, '/default/o', NULL, 1, x'66', NULL, '2');
      INSERT INTO progress VALUES (7000, '1,3');
      PRAGMA user_version = 3`)
    db.close()
    const storage = await sqliteStorage({ path, now: () => 50 })
    await storage.routes.register(['a', 'b', 'c'])
    const claimed = await storage.claim([1, 2, 3].map((route) => ({ route, max: 9, maxBytes: 99 })))
    expect(claimed.map(({ leases }) => leases.map(({ id }) => id))).toEqual([
      ['7000-1'],
      ['8000-2'],
      ['7000-3'],
    ])
    await storage.close()
  })

  test('a file that is no database is refused as damaged', async () => {
    const path = await directory()
    await (await sqliteStorage({ path })).close()
    await writeFile(`${path}/millrace.db`, 'this was a database once, '.repeat(500))
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'damaged' })
  })

  test('a directory that cannot be made is refused as unusable', async () => {
    const path = await directory()
    await writeFile(`${path}-in-the-way`, '')
    await expect(sqliteStorage({ path: `${path}-in-the-way/store` })).rejects.toMatchObject({
      code: 'unusable',
    })
    await (await sqliteStorage({ path: `${path}/deep/below` })).close()
  })

  test('any SQLite can read the database while it is held', async () => {
    const path = await directory()
    await using store = await storeProcess({ path })
    await store.put(['e'], true)
    const db = new DatabaseSync(`${path}/millrace.db`, { readOnly: true })
    const owner = "SELECT contents ->> '$[0].owner' AS owner, records FROM pack"
    expect(db.prepare(owner).all()).toEqual([
      { owner: '/default/o', records: new Uint8Array(Buffer.from('e')) },
    ])
    expect(db.prepare('PRAGMA auto_vacuum').get()).toEqual({ auto_vacuum: 2 })
    db.close()
    expect(await store.put(['f'], true)).toEqual(['stored'])
  })
})
