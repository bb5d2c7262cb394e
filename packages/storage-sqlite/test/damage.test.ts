import type { Storage } from '@millrace/storage'
import { tempDir } from '@millrace/testkit'
import { readFile, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteStorage } from '../src/index.ts'

const pageBytes = 8_192
const tableLeaf = 0x0d

interface Filled {
  readonly path: string
  readonly texts: readonly string[]
}

async function filled(): Promise<Filled> {
  const directory = await tempDir()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const path = `${directory.path}/store`
  const storage = await sqliteStorage({ path })
  const route = await routeOf(storage)
  const texts = Array.from({ length: 40 }, (_, n) => `event ${n} `.padEnd(1_200, '.'))
  for (const text of texts)
    await storage.append([{ owner: '/default/o', record: Buffer.from(text), to: [{ route, lease: false }] }])
  await storage.close()
  return { path, texts }
}

async function routeOf(storage: Storage): Promise<number> {
  return [...(await storage.routes.register(['r'])).values()][0]!
}

test('a damaged page of the database costs the events in it, which can be set aside; all else goes on', async () => {
  const { path, texts } = await filled()
  await damagePageWith(`${path}/millrace.db`, 'event 20 ')
  const storage = await sqliteStorage({ path })
  const route = await routeOf(storage)
  const [result] = await storage.claim([{ route, max: 100, maxBytes: 1e9 }])
  const leases = result!.leases
  const read = leases
    .filter(({ record }) => record !== undefined)
    .map(({ record }) => Buffer.from(record!).toString())
  const lost = leases.filter(({ record }) => record === undefined)
  expect(leases).toHaveLength(40)
  expect(lost.length).toBeGreaterThan(0)
  expect(lost.length).toBeLessThan(10)
  expect(texts).toEqual(expect.arrayContaining(read))

  const details = { reason: 'unreadable', attempts: 0, firstAttempt: 1, lastAttempt: 1 }
  const results = await storage.settle(
    leases.map((lease) => ({
      lease,
      outcome: { kind: 'done' },
      deadLetters: lease.record === undefined ? [{ route, details }] : [],
    })),
  )
  expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['settled']))
  expect(await storage.deadLetters.list({ limit: 100 })).toHaveLength(lost.length)
  expect(
    await storage.append([
      { owner: '/default/o', record: Buffer.from('new'), to: [{ route, lease: false }] },
    ]),
  ).toMatchObject([{ kind: 'stored' }])
  expect(await storage.stats()).toMatchObject([{ unsettled: 1, deadLetters: lost.length }])
  expect(storage.health).toEqual({ kind: 'ok' })
  await storage.close()
})

test('an event whose row is gone is a delivery without a record', async () => {
  const { path } = await filled()
  const db = new DatabaseSync(`${path}/millrace.db`)
  db.exec('DELETE FROM pack WHERE id = (SELECT min(id) FROM pack)')
  db.close()
  const storage = await sqliteStorage({ path })
  const [result] = await storage.claim([{ route: await routeOf(storage), max: 100, maxBytes: 1e9 }])
  expect(result!.leases.map(({ record }) => record === undefined)).toEqual([true, ...Array(39).fill(false)])
  await storage.close()
})

/** Spoils the head of the page of the table in which a text lies. */
async function damagePageWith(file: string, text: string): Promise<void> {
  const bytes = await readFile(file)
  const page = Math.floor(bytes.indexOf(text) / pageBytes) * pageBytes
  expect(bytes[page]).toBe(tableLeaf)
  bytes[page] = 0xee
  await writeFile(file, bytes)
}

/** A filled store in which that page is spoilt. */
async function damagedAt(text: string): Promise<{ storage: Storage; texts: readonly string[] }> {
  const { path, texts } = await filled()
  await damagePageWith(`${path}/millrace.db`, text)
  const storage = await sqliteStorage({ path })
  onTestFinished(() => storage.close())
  return { storage, texts }
}

test('what lies before and behind a damaged page is listed, cancelled, moved and dropped as ever', async () => {
  const { storage, texts } = await damagedAt('event 20 ')
  const [route, other] = [...(await storage.routes.register(['r', 'other'])).values()] as [number, number]
  const listed: (Uint8Array | undefined)[] = []
  const ids: string[] = []
  for (let after: string | undefined; ; after = ids.at(-1)) {
    const page = await storage.deliveries.list({
      limit: 7,
      data: true,
      ...(after !== undefined && { after }),
    })
    listed.push(...page.items.map(({ record }) => record))
    ids.push(...page.items.map(({ id }) => id))
    if (page.items.length < 7) break
  }
  expect(listed).toHaveLength(40)
  const readable = listed.flatMap((record) => (record?.length ? [Buffer.from(record).toString()] : []))
  expect(readable.length).toBeGreaterThan(30)
  expect(texts).toEqual(expect.arrayContaining(readable))
  expect(await storage.deliveries.cancel([ids[0]!, ids[39]!])).toEqual([ids[0], ids[39]])
  expect(await storage.routes.redirect(route, other)).toBe(38)
  expect((await storage.stats()).map(({ route: of, unsettled }) => [of, unsettled])).toEqual([[other, 38]])
  expect(await storage.routes.drop(other)).toBe(38)
  expect(await storage.stats()).toEqual([])
})

test('what is dropped before a damaged page and behind it is counted', async () => {
  const { storage } = await damagedAt('event 20 ')
  expect(await storage.routes.drop(await routeOf(storage))).toBe(40)
  expect(await storage.stats()).toEqual([])
})

test('where the page that would take new events is damaged, they are refused, and what is settled is settled', async () => {
  const { storage } = await damagedAt('event 39 ')
  const route = await routeOf(storage)
  const [result] = await storage.claim([{ route, max: 100, maxBytes: 1e9 }])
  const event = { owner: '/default/o', record: Buffer.from('new'), to: [{ route, lease: false }] }
  const [appended, ...settled] = await Promise.all([
    storage.append([event]),
    ...result!.leases.slice(0, 9).map((lease) => storage.settle([{ lease, outcome: { kind: 'done' } }])),
  ])
  expect(appended).toMatchObject([{ kind: 'refused' }])
  expect(settled.flat().map(({ kind }) => kind)).toEqual(Array(9).fill('settled'))
  const replied = storage.settle([{ lease: result!.leases[9]!, outcome: { kind: 'done' }, appends: [event] }])
  await expect(replied).rejects.toThrow('malformed')
  const last = await storage.settle([{ lease: result!.leases[10]!, outcome: { kind: 'done' } }])
  expect(last).toMatchObject([{ kind: 'settled' }])
  expect(storage.health).toEqual({ kind: 'ok' })
})
