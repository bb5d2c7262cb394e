import { DatabaseSync } from 'node:sqlite'
import { tempDir } from '@millrace/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { openSqlite, sqliteStorage } from '../../src/sqlite-storage.ts'
import { fault } from '../commit-faults.ts'

const module = new URL('../commit-faults.ts', import.meta.url).href

test('a fan-out that died between its chunks leaves rows that count for nothing, and are removed at the next open', async () => {
  const directory = await tempDir()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const control = new SharedArrayBuffer(4)
  const image = `${directory.path}/image`
  const storage = await openSqlite({ path: `${directory.path}/store` }, { module, control, image })
  const numbers = await storage.routes.register(Array.from({ length: 3_000 }, (_, n) => `r${n}`))
  const to = [...numbers.values()].map((route) => ({ route, lease: false }))
  Atomics.store(new Int32Array(control), 0, fault.dieAfter)
  const [result] = await storage.append([{ owner: '/default/o', record: new Uint8Array(9), to }])
  expect(result).toMatchObject({ kind: 'refused' })
  await storage.close()

  const rows = (): unknown => {
    using db = new DatabaseSync(`${image}/millrace.db`)
    return db
      .prepare('SELECT (SELECT count(*) FROM event) events, (SELECT count(*) FROM delivery) deliveries')
      .get()
  }
  expect(rows()).toEqual({ events: 1, deliveries: 1_000 })
  const again = await sqliteStorage({ path: image })
  expect(await again.stats()).toEqual([])
  await again.close()
  expect(rows()).toEqual({ events: 0, deliveries: 0 })
})
