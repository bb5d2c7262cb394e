import { copyFile, mkdir } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import type { AppendItem, Lease, Storage, StorageLimits } from '@millrace/storage'
import { tempDir } from '@millrace/testkit'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { sqliteStorage } from '../../src/sqlite-storage.ts'

let path: string
let nowMs: number
let storage: Storage
let routes: number[]

beforeEach(async () => {
  const directory = await tempDir()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  path = `${directory.path}/store`
  nowMs = 1_700_000_000_000
  storage = await sqliteStorage({ path, now: () => nowMs })
  onTestFinished(() => storage.close())
  routes = [...(await storage.routes.register(['a', 'b', 'c'])).values()]
})

test('what is appended together is one row, and goes with the last of its deliveries', async () => {
  const leases = await append(['1', '2'], true)
  expect(
    rows("SELECT contents ->> '$[0].routes' AS routes, contents ->> '$[0].events[1][1]' AS bytes FROM pack"),
  ).toEqual([{ routes: '[1,2,3]', bytes: 1 }])
  expect(rows('SELECT * FROM delivery')).toEqual([])
  await done(leases.slice(1))
  expect(rows('SELECT route, left FROM pack_route')).toEqual([{ route: 1, left: 1 }])
  await done(leases.slice(0, 1))
  expect(rows('SELECT id FROM pack')).toEqual([])
  expect(rows('SELECT pack FROM pack_route')).toEqual([])
})

test('what is left of a pack survives the process, and nothing else of it', async () => {
  const leases = await append(['1', '2', '3'], true)
  await done([leases[1]!, leases[3]!, leases[8]!])
  const copy = await copied()
  expect(await claimed(copy)).toEqual([
    ['1', '3'],
    ['2', '3'],
    ['1', '2'],
  ])
  await copy.close()
})

test('one that fails gets a row, and the others of its event with it; its neighbours stay', async () => {
  const leases = await append(['1', '2'], true)
  await storage.settle([{ lease: leases[0]!, outcome: { kind: 'retry', due: nowMs + 7 } }])
  expect(rows('SELECT route, due FROM delivery')).toEqual([
    { route: 1, due: nowMs + 7 },
    { route: 2, due: nowMs },
    { route: 3, due: nowMs },
  ])
  expect(rows('SELECT route, left FROM pack_route')).toEqual(routes.map((route) => ({ route, left: 1 })))
  await done(leases.slice(1))
  expect(rows('SELECT id FROM pack')).toEqual([])
  expect(rows('SELECT route FROM delivery')).toEqual([{ route: 1 }])
  nowMs += 7
  expect(await claimed(storage)).toEqual([['1'], [], []])
})

test('one that is given back waits at once', async () => {
  const [first, second] = await append(['1'], true)
  await storage.release([first!])
  expect(await claimed(storage)).toEqual([['1'], [], []])
  await done([second!])
  expect((await storage.stats()).map(({ unsettled }) => unsettled)).toEqual([1, 1])
})

test('rows and packs are claimed and listed in one order', async () => {
  await append(['1', '2'])
  await storage.append([{ ...item('3'), to: [{ route: routes[0]!, lease: false, due: nowMs }] }])
  nowMs += 1
  await append(['4'])
  const { items } = await storage.deliveries.list({ routes: [routes[0]!], limit: 9, data: true })
  expect(items.map(({ record, state }) => [textOf(record), state])).toEqual(
    ['1', '2', '3', '4'].map((text) => [text, 'waiting']),
  )
  const page = await storage.deliveries.list({ limit: 2, after: items[1]!.id, data: true })
  expect(page.items.map(({ record, route }) => [textOf(record), route])).toEqual([
    ['2', routes[1]],
    ['2', routes[2]],
  ])
  expect((await claimed(storage))[0]).toEqual(['1', '2', '3', '4'])
})

test('a route is dropped, another moved and single deliveries cancelled out of packs; what is leased stays', async () => {
  await append(['1', '2', '3'])
  const [a, b, c] = routes as [number, number, number]
  const [held] = await storage.claim([{ route: a, max: 1, maxBytes: 9 }])
  expect(await storage.routes.drop(a)).toBe(2)
  expect(await storage.routes.redirect(b, c)).toBe(3)
  const { items } = await storage.deliveries.list({ routes: [c], limit: 9, data: true })
  expect(await storage.deliveries.cancel([items[1]!.id, held!.leases[0]!.id])).toEqual([items[1]!.id])
  await done(held!.leases)
  expect((await storage.stats()).map(({ route, unsettled }) => [route, unsettled])).toEqual([[c, 2]])
  expect(await claimed(storage)).toEqual([[], [], ['1', '3']])
})

test('a pack takes 64 KiB; where little of one is left, that becomes rows', async () => {
  const texts = Array.from({ length: 40 }, (_, n) => String(n).padEnd(2_000, '.'))
  await append(texts)
  expect(rows('SELECT length(records) AS bytes FROM pack')).toEqual([{ bytes: 64_000 }, { bytes: 16_000 }])
  for (const route of routes) {
    const [result] = await storage.claim([{ route, max: 30, maxBytes: 1e9 }])
    await done(result!.leases)
  }
  expect(rows('SELECT length(records) AS bytes FROM pack')).toEqual([{ bytes: 16_000 }])
  expect(rows('SELECT count(*) AS events FROM event')).toEqual([{ events: 2 }])
  expect((await claimed(storage, 99)).map((found) => found)).toEqual(routes.map(() => texts.slice(30)))
})

test('what packs hold is within the limits, before and after a start', async () => {
  await storage.close()
  const limits: StorageLimits = { ownerBytes: 10 }
  storage = await sqliteStorage({ path, limits, now: () => nowMs })
  const leases = await append(['1234', '5678'], true)
  expect((await storage.append([item('901')]))[0]).toMatchObject({ kind: 'refused' })
  await done(leases.slice(0, 3))
  await storage.close()
  storage = await sqliteStorage({ path, limits, now: () => nowMs })
  await storage.routes.register(['a', 'b', 'c'])
  expect((await storage.append([item('9012345')]))[0]).toMatchObject({ kind: 'refused' })
  expect((await storage.append([item('901234')]))[0]).toMatchObject({ kind: 'stored' })
})

function item(text: string, lease = false): AppendItem {
  return { owner: '/default/o', record: Buffer.from(text), to: routes.map((route) => ({ route, lease })) }
}

async function append(texts: readonly string[], lease = false): Promise<readonly Lease[]> {
  const results = await storage.append(texts.map((text) => item(text, lease)))
  return results.flatMap((result) => (result.kind === 'stored' ? result.leases : []))
}

async function done(leases: readonly Lease[]): Promise<void> {
  const results = await storage.settle(leases.map((lease) => ({ lease, outcome: { kind: 'done' } })))
  expect(results.map(({ kind }) => kind)).toEqual(leases.map(() => 'settled'))
}

/** Of each route the texts of what it is given. */
async function claimed(of: Storage, max = 9): Promise<string[][]> {
  const results = await of.claim(routes.map((route) => ({ route, max, maxBytes: 1e9 })))
  return results.map(({ leases }) => leases.map(({ record }) => textOf(record)))
}

function textOf(record: Uint8Array | undefined): string {
  return Buffer.from(record ?? []).toString()
}

/** The store as a process would find it that starts after this one has died now. */
async function copied(): Promise<Storage> {
  const copy = `${path}-copy`
  await mkdir(copy)
  for (const name of ['millrace.db', 'millrace.db-wal']) await copyFile(`${path}/${name}`, `${copy}/${name}`)
  const opened = await sqliteStorage({ path: copy, now: () => nowMs })
  await opened.routes.register(['a', 'b', 'c'])
  return opened
}

function rows(text: string): unknown[] {
  using db = new DatabaseSync(`${path}/millrace.db`, { readOnly: true })
  return db
    .prepare(text)
    .all()
    .map((row) => ({ ...row }))
}
