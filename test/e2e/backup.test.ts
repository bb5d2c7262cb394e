import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { eventually, receiver, startMillrace, tempDir } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

test('a copy of the database that was made while the server ran delivers what waited then', async () => {
  await using sink = await receiver()
  await using home = await tempDir()
  const manifests = broker() + trigger('sink', sink.url)
  const copy = join(home.path, 'copy.db')
  const waiting = ids('waiting', 50)
  sink.replyWith(503)
  {
    await using millrace = await startMillrace({ manifests })
    await acceptAll(
      brokerUrl(millrace),
      waiting.map((id) => ({ id })),
    )
    // what `sqlite3 millrace.db ".backup …"` does
    const database = new DatabaseSync(join(millrace.storePath, 'millrace.db'), { readOnly: true })
    await backup(database, copy)
    database.close()
  }
  const restored = join(home.path, 'restored')
  await mkdir(restored)
  await copyFile(copy, join(restored, 'millrace.db'))
  sink.replyWith(200)
  await using millrace = await startMillrace({ manifests, args: ['--store', `sqlite:${restored}`] })
  expect(millrace.stderr).not.toContain('"level":"error"')
  await eventually(
    () => {
      const missing = waiting.filter((id) => !sink.taken.includes(id))
      if (missing.length > 0) throw new Error(`${missing.length} of ${waiting.length} have not arrived`)
    },
    { timeoutMs: 30_000 },
  )
})
