import type { AppendItem, Lease, Storage } from '@millrace/storage'
import { tempDir } from '@millrace/testkit'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { sqliteStorage } from '../src/index.ts'

/** How many transactions there have been. */
function commits(path: string): number {
  const db = new DatabaseSync(`${path}/millrace.db`, { readOnly: true })
  const row = db.prepare('SELECT commits FROM state').get()
  db.close()
  return Number(row?.['commits'])
}

async function append(storage: Storage, route: number): Promise<Lease> {
  const item: AppendItem = { owner: '/default/o', record: Buffer.from('e'), to: [{ route, lease: true }] }
  const [result] = await storage.append([item])
  if (result?.kind !== 'stored' || result.leases[0] === undefined) throw new Error('it was not leased')
  return result.leases[0]
}

test('the end of a delivery that may wait goes with the next event: one commit for both', async () => {
  await using directory = await tempDir()
  const path = `${directory.path}/store`
  const storage = await sqliteStorage({ path })
  const [route] = [...(await storage.routes.register(['r'])).values()] as [number]
  let lease = await append(storage, route)
  const before = commits(path)
  const ends: Promise<unknown>[] = []
  for (let n = 0; n < 20; n += 1) {
    ends.push(storage.settle([{ lease, outcome: { kind: 'done' }, mayWait: true }]))
    lease = await append(storage, route)
  }
  expect(commits(path) - before).toBe(20)
  // the next one's turn does not come before it, so it cannot wait
  await storage.settle([{ lease, outcome: { kind: 'done' } }])
  await Promise.all(ends)
  expect(commits(path) - before).toBe(21)
  await storage.close()
})
