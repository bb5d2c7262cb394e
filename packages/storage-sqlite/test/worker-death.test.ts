import type { StorageHealth } from '@millrace/storage'
import { tempDir } from '@millrace/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { openSqlite, sqliteStorage } from '../src/sqlite-storage.ts'
import { fault } from './commit-faults.ts'

const module = new URL('./commit-faults.ts', import.meta.url).href
const owner = '/default/o'

test("when the store's thread dies, every call gets a clear answer, then and later, and nothing hangs", async () => {
  const directory = await tempDir()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const control = new SharedArrayBuffer(4)
  const path = `${directory.path}/store`
  const storage = await openSqlite({ path }, { module, control, image: `${directory.path}/image` })
  const seen: StorageHealth[] = []
  storage.subscribe({ health: (health) => void seen.push(health) })
  const [route] = [...(await storage.routes.register(['r'])).values()] as [number]
  const item = () => ({ owner, record: new Uint8Array(3), to: [{ route, lease: true }] })
  const [first] = await storage.append([item()])
  const leases = first?.kind === 'stored' ? first.leases : []
  const settlement = { lease: leases[0]!, outcome: { kind: 'done' } } as const

  Atomics.store(new Int32Array(control), 0, fault.dieBefore)
  const refused = {
    kind: 'refused',
    reason: 'unavailable',
    detail: expect.stringContaining('thread is gone'),
  }
  const dead = { status: 'rejected', reason: { name: 'StorageError', code: 'dead' } }
  for (let round = 0; round < 2; round += 1) {
    const answers = await Promise.allSettled([
      storage.append([item(), item()]),
      storage.settle([settlement]),
      storage.claim([{ route, max: 1, maxBytes: 1 }]),
      storage.stats(),
      storage.checkpoints.get('k'),
    ])
    expect(answers).toMatchObject([
      { value: [refused, refused] },
      dead,
      { value: [{ route, leases: [], nextDue: undefined }] },
      dead,
      dead,
    ])
  }
  expect(storage.health).toMatchObject({ kind: 'dead', detail: expect.stringContaining('ended with code 1') })
  expect(seen.map(({ kind }) => kind)).toEqual(['dead'])
  await storage.close()

  const again = await sqliteStorage({ path })
  expect(await again.stats()).toMatchObject([{ route, unsettled: 1 }])
  await again.close()
})
