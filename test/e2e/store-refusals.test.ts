import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { eventually, receiver, runCli, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { deadLetters, settled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl } from './fixture/producing.ts'

/** The store's database while no server runs, as any sqlite3 shell would open it. */
function database(millrace: Millrace): DatabaseSync {
  return new DatabaseSync(join(millrace.storePath, 'millrace.db'))
}

/** The arguments of a second server on the store of the first. */
function serveOn(millrace: Millrace): string[] {
  const anyPort = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  return ['serve', ...anyPort, '--store', `sqlite:${millrace.storePath}`, '-f', millrace.manifestsPath]
}

test('a second server on the same store refuses, names the holder, and leaves the first alone', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({ manifests: broker() + trigger('t', sink.url) })
  const second = await runCli(serveOn(millrace))
  expect(second.code).toBe(1)
  expect(second.stdout).toBe('')
  expect(second.stderr).toContain(millrace.storePath)
  expect(second.stderr).toContain(String(millrace.pid))
  await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
  await sink.received(1)
})

test('a store of a newer version is refused and is not touched', async () => {
  await using millrace = await startMillrace({ manifests: broker() })
  await millrace.stop()
  const version = raiseVersion(millrace)
  const refused = await runCli(serveOn(millrace))
  expect(refused.code).toBe(1)
  expect(refused.stdout).toBe('')
  expect(refused.stderr).toContain(millrace.storePath)
  expect(refused.stderr).toContain(String(version))
  using db = database(millrace)
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: version })
})

function raiseVersion(millrace: Millrace): number {
  using db = database(millrace)
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  db.exec(`PRAGMA user_version = ${version + 1}`)
  return version + 1
}

test('a record that was made unreadable is set aside, shown by dlq ls, and the rest is delivered', async () => {
  await using sink = await receiver()
  sink.hold()
  await using millrace = await startMillrace({ manifests: broker() + trigger('t', sink.url) })
  await acceptAll(
    brokerUrl(millrace),
    ['e1', 'e2', 'e3', 'e4'].map((id) => ({ id })),
    1,
  )
  await millrace.kill()
  damage(millrace)
  sink.release()
  await millrace.start()
  await settled(millrace)
  const letters = await deadLetters(millrace)
  expect(letters).toHaveLength(2)
  for (const letter of letters) expect(letter).toMatchObject({ route: 't', event: null })
  await eventually(() => expect(new Set(sink.ids.slice(-2))).toEqual(new Set(['e1', 'e4'])))

  const { code, stdout } = await runCli(['dlq', 'ls', '--server', millrace.admin])
  expect(code).toBe(0)
  expect(stdout.match(/\(unreadable\)/g)).toHaveLength(2)
  expect(millrace.stderr).toContain('a stored record is set aside')
})

/** Makes the second record one of an unknown version, and cuts the third: each lies in a pack of its own. */
function damage(millrace: Millrace): void {
  using db = database(millrace)
  const rows = db.prepare('SELECT id FROM pack ORDER BY id').all() as { id: number }[]
  expect(rows).toHaveLength(4)
  db.prepare("UPDATE pack SET records = CAST(X'FF' || substr(records, 2) AS BLOB) WHERE id = ?").run(
    rows[1]?.id ?? 0,
  )
  db.prepare('UPDATE pack SET records = substr(records, 1, 20) WHERE id = ?').run(rows[2]?.id ?? 0)
}
