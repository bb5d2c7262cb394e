import { copyFile, mkdir } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import type { Lease, Storage } from '@millrace/storage'
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

test('deliveries that are leased at once are named by their event, and end with it', async () => {
  const leases = await append()
  expect(rows('SELECT routes FROM event')).toEqual([{ routes: '1,2,3' }])
  expect(rows('SELECT * FROM delivery')).toEqual([])
  await done(leases)
  expect(rows('SELECT id FROM event')).toEqual([])
})

test('what is left of an event survives the process, and nothing else of it', async () => {
  const leases = await append()
  await done(leases.slice(1, 2))
  expect(rows('SELECT routes FROM progress')).toEqual([{ routes: '1,3' }])
  const copy = await copied()
  expect(await waiting(copy)).toEqual([leases[0]!.id, leases[2]!.id])
  await copy.close()
  await done([leases[0]!, leases[2]!])
  expect(rows('SELECT event FROM progress')).toEqual([])
})

test('one that fails gets a row, and the others of its event with it', async () => {
  const leases = await append()
  await storage.settle([{ lease: leases[0]!, outcome: { kind: 'retry', due: nowMs + 7 } }])
  expect(rows('SELECT route, due FROM delivery')).toEqual([
    { route: 1, due: nowMs + 7 },
    { route: 2, due: nowMs },
    { route: 3, due: nowMs },
  ])
  expect(rows('SELECT routes FROM event')).toEqual([{ routes: null }])
  await done(leases.slice(1))
  expect(rows('SELECT route FROM delivery')).toEqual([{ route: 1 }])
})

test('what has been under way for long gets rows, so that a start need not look through all that came since', async () => {
  const [first] = await append()
  nowMs += 5_001
  const [second] = await append()
  expect(rows('SELECT count(DISTINCT event) AS events FROM delivery')).toEqual([{ events: 1 }])
  expect(rows('SELECT fresh_from AS oldest FROM state')).toEqual([{ oldest: eventOf(second!) }])
  const copy = await copied()
  expect((await copy.stats()).map(({ unsettled }) => unsettled)).toEqual([2, 2, 2])
  expect(await waiting(copy)).toContain(first!.id)
  await copy.close()
})

test('one that is given back waits at once', async () => {
  const [first, second] = await append()
  await storage.release([first!])
  expect(await waiting(storage)).toEqual([first!.id])
  await done([second!])
  expect((await storage.stats()).map(({ unsettled }) => unsettled)).toEqual([1, 1])
})

async function append(): Promise<readonly Lease[]> {
  const to = routes.map((route) => ({ route, lease: true }))
  const [result] = await storage.append([{ owner: '/default/o', record: new Uint8Array(9), to }])
  return result?.kind === 'stored' ? result.leases : []
}

async function done(leases: readonly Lease[]): Promise<void> {
  const results = await storage.settle(leases.map((lease) => ({ lease, outcome: { kind: 'done' } })))
  expect(results.map(({ kind }) => kind)).toEqual(leases.map(() => 'settled'))
}

async function waiting(of: Storage): Promise<string[]> {
  const results = await of.claim(routes.map((route) => ({ route, max: 9, maxBytes: 999 })))
  return results.flatMap(({ leases }) => leases.map(({ id }) => id))
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

function eventOf({ id }: Lease): number {
  return Number(id.split('-')[0])
}
