import { tempDir } from '@millrace/testkit'
import { writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sqliteStorage } from '../src/index.ts'
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
    await expect(refused).rejects.toThrow(/has version 99, this program knows versions up to 1/)
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'newer' })
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
    expect(db.prepare('SELECT owner, record FROM event').all()).toEqual([
      { owner: '/default/o', record: new Uint8Array(Buffer.from('e')) },
    ])
    expect(db.prepare('PRAGMA auto_vacuum').get()).toEqual({ auto_vacuum: 2 })
    db.close()
    expect(await store.put(['f'], true)).toEqual(['stored'])
  })
})
