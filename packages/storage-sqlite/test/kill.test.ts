import { tempDir } from '@millrace/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteStorage } from '../src/index.ts'
import { storeProcess } from './store-process.ts'

const lives = 6
const batch = 25

test('kill -9 in the middle of the work, again and again: what was answered holds', async () => {
  const directory = await tempDir()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const path = `${directory.path}/store`
  /** Stored, and not known to be settled. */
  const there = new Set<string>()
  const settled = new Set<string>()
  const unknown = new Set<string>()

  for (let life = 0; life < lives; life += 1) {
    await using store = await storeProcess({ path })
    let answers = 0
    const work = async (producer: number): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const texts = Array.from({ length: batch }, (_, each) => `${life}/${producer}/${n}/${each}`)
        for (const text of texts) unknown.add(text)
        const kinds = await store.put(texts, true)
        expect(new Set(kinds)).toEqual(new Set(['stored']))
        for (const text of texts) if (unknown.delete(text)) there.add(text)
        const half = texts.slice(0, batch >> 1)
        for (const text of half) if (there.delete(text)) unknown.add(text)
        await store.done(half)
        for (const text of half) if (unknown.delete(text)) settled.add(text)
        answers += 1
        if (answers === 20 + 7 * life) await store.kill()
      }
    }
    const gone = await Promise.allSettled([0, 1, 2, 3].map(work))
    expect(gone.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'))
  }

  const storage = await sqliteStorage({ path })
  const [registered] = await storage.routes.list()
  const [result] = await storage.claim([{ route: registered!.route, max: 1_000_000, maxBytes: 1e9 }])
  await storage.close()
  const found = result!.leases.map(({ record }) => Buffer.from(record!).toString())
  const again = found.filter((text) => settled.has(text))
  const lost = [...there].filter((text) => !found.includes(text))
  const doubled = found.length - new Set(found).size
  const strange = found.filter((text) => !there.has(text) && !unknown.has(text) && !settled.has(text))
  expect({ lost, again, doubled, strange }).toEqual({ lost: [], again: [], doubled: 0, strange: [] })
  expect(there.size).toBeGreaterThan(lives * batch)
})
