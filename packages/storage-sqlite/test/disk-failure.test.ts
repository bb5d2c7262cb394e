import { diskFault, diskFaultMissing, eventually, tempDir } from '@millrace/testkit'
import type { DiskFault, DiskFaultMode } from '@millrace/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sqliteStorage } from '../src/index.ts'
import { storeProcess } from './store-process.ts'
import type { StoreProcess } from './store-process.ts'

const missing = await diskFaultMissing()

interface Setting {
  readonly path: string
  readonly disk: DiskFault
  readonly store: StoreProcess
}

async function setting(options: { stallMs?: number } = {}): Promise<Setting> {
  const directory = await tempDir()
  const path = `${directory.path}/store`
  const disk = await diskFault(path)
  const store = await storeProcess({ path, reserveBytes: 1_024, ...options }, disk.env)
  onTestFinished(async () => {
    await store.kill()
    await disk[Symbol.asyncDispose]()
    await directory[Symbol.asyncDispose]()
  })
  return { path, disk, store }
}

/** What is in the store, seen by another process after this one was killed. */
async function found(path: string): Promise<string[]> {
  const storage = await sqliteStorage({ path, reserveBytes: 1_024 })
  const [registered] = await storage.routes.list()
  const route = registered!.route
  const [result] = await storage.claim([{ route, max: 100_000, maxBytes: 100_000_000 }])
  await storage.close()
  return result!.leases.map(({ record }) => Buffer.from(record!).toString())
}

async function well(store: StoreProcess): Promise<void> {
  await eventually(async () => (await store.health()) === 'ok')
}

describe.skipIf(missing !== undefined)(
  `a disk that fails${missing === undefined ? '' : ` (SKIPPED: ${missing})`}`,
  () => {
    test.each<[DiskFaultMode, string]>([
      ['sync-fails', 'unavailable'],
      ['read-only', 'unavailable'],
      ['disk-full', 'full'],
    ])('%s: nothing is answered stored, settles wait, and all resumes by itself', async (mode, reason) => {
      const { path, disk, store } = await setting()
      expect(await store.put(['before', 'held'], true)).toEqual(['stored', 'stored'])
      await disk.set(mode)
      expect(await store.putOne('refused 1')).toMatchObject({ kind: 'refused', reason })
      expect(await store.health()).toBe('unavailable')
      expect(await store.put(['refused 2', 'refused 3'], true)).toEqual(['refused', 'refused'])
      let settled = false
      const settling = store.done(['held']).then((kinds) => {
        settled = true
        return kinds
      })
      await disk.struck()
      expect([await store.ping(), settled]).toEqual(['pong', false])
      await disk.set('none')
      expect(await settling).toEqual(['settled'])
      await well(store)
      expect(await store.put(['after'], true)).toEqual(['stored'])
      expect(await store.unsettled()).toBe(2)
      await store.kill()
      expect(await found(path)).toEqual(['before', 'after'])
    })

    test('a sync that blocks: nothing is acknowledged meanwhile, the loop stays free, and health says so', async () => {
      const { path, disk, store } = await setting({ stallMs: 300 })
      await store.put(['before'], true)
      await disk.set('sync-blocks')
      const answers: string[] = []
      const blocked = Promise.all(
        ['1', '2', '3'].map(async (text) => answers.push(...(await store.put([text], true)))),
      )
      await disk.struck()
      await eventually(async () => (await store.health()) === 'unavailable')
      expect([await store.ping(), answers]).toEqual(['pong', []])
      expect(await store.put(['4'], true)).toEqual(['refused'])
      expect(answers).toEqual([])
      await disk.set('none')
      await blocked
      expect(answers).toEqual(['stored', 'stored', 'stored'])
      await well(store)
      await store.kill()
      expect((await found(path)).toSorted()).toEqual(['1', '2', '3', 'before'])
    })

    test('killed while a sync blocks: what was acknowledged before is there', async () => {
      const { path, disk, store } = await setting()
      await store.put(['before'], true)
      await disk.set('sync-blocks')
      void store.put(['never answered'], true).catch(() => undefined)
      await disk.struck()
      await store.kill()
      expect(await found(path)).toContain('before')
    })

    test('a disk that fails now and then under load: stored is stored, refused is not there', async () => {
      const { path, disk, store } = await setting()
      const stored: string[] = []
      const refused: string[] = []
      const modes: DiskFaultMode[] = ['sync-fails', 'disk-full', 'sync-fails', 'read-only', 'sync-fails']
      for (const [round, mode] of modes.entries()) {
        for (const phase of ['failing', 'well'] as const) {
          await disk.set(phase === 'well' ? 'none' : mode)
          for (let n = 0; n < 10; n += 1) {
            const texts = Array.from({ length: 20 }, (_, each) => `${round}/${phase}/${n}/${each}`)
            const kinds = await store.put(texts, false)
            for (const [at, text] of texts.entries()) (kinds[at] === 'stored' ? stored : refused).push(text)
          }
          if (phase === 'well') await well(store)
        }
      }
      expect(refused.length).toBeGreaterThan(0)
      expect(await store.put(['last'], false)).toEqual(['stored'])
      expect(await store.unsettled()).toBe(stored.length + 1)
      await store.kill()
      expect((await found(path)).toSorted()).toEqual([...stored, 'last'].toSorted())
    })

    test('a store whose disk is read-only is not opened, and the sentence says why', async () => {
      const { path, disk, store } = await setting()
      await store.close()
      await store.kill()
      await disk.set('read-only')
      await expect(storeProcess({ path }, disk.env)).rejects.toThrow(/cannot be (locked|opened)/)
    })
  },
)
