import type { AppendItem, Lease, Storage } from '@millrace/storage'
import { sqliteStorage } from '@millrace/storage-sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Contest, Sample } from '../measure/contest.ts'
import type { Rig } from '../rig.ts'
import { printTable } from './measure.ts'

const recordBytes = 1_200
const rounds = 5
const roundMs = 700
const waiting = 1_000_000

/**
 * What the embedded store costs, synced to disk: against bare SQLite that does the same rows in the same
 * transactions on one thread, in alternating slices of one run; and what a million waiting deliveries cost.
 */
export async function storage(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  try {
    await throughput(directory)
    await aMillion(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

interface Slice {
  readonly perSecond: number
  readonly microseconds: number
}

async function throughput(directory: string): Promise<void> {
  const store = await sqliteStorage({ path: join(directory, 'store') })
  const [route] = [...(await store.routes.register(['r'])).values()] as [number]
  const bare = new Bare(join(directory, 'bare.db'))
  const rows: (string | number)[][] = [
    ['events at once', 'events/s', 'CPU µs/event', 'bare SQLite µs/event', 'ratio', 'with settle µs/event'],
  ]
  for (const size of [1, 10, 100, 1_000]) {
    const slices: (readonly [Slice, Slice, Slice])[] = []
    for (let round = 0; round < rounds; round += 1) {
      const settled = await slice(size, async () => settle(store, await append(store, route, size)))
      const held: Lease[] = []
      const appended = await slice(size, async () => void held.push(...(await append(store, route, size))))
      await settle(store, held)
      slices.push([appended, await slice(size, () => bare.append(size)), settled])
    }
    const median = (value: (of: readonly [Slice, Slice, Slice]) => number): number =>
      slices.map(value).toSorted((x, y) => x - y)[rounds >> 1] ?? Number.NaN
    const ratio = median(([ours, theirs]) => ours.microseconds / theirs.microseconds).toFixed(2)
    const cpu = [median(([ours]) => ours.microseconds), median(([, theirs]) => theirs.microseconds)] as const
    rows.push([
      String(size),
      median(([ours]) => ours.perSecond),
      ...cpu,
      ratio,
      median(([, , it]) => it.microseconds),
    ])
  }
  bare.close()
  await store.close()
  printTable('Events of 1.2 KB to one route, synced (group commit, WAL, FULL)', rows)
}

/** The store's append alone, beside bare SQLite: what waits, and so has the same rows. */
export async function appendContest(rig: Rig): Promise<Contest> {
  const size = 100
  const { path } = rig.folder
  const store = await sqliteStorage({ path: join(path, 'append') })
  const bare = new Bare(join(path, 'bare.db'))
  rig.use({
    async [Symbol.asyncDispose]() {
      bare.close()
      await store.close()
    },
  })
  const [route] = [...(await store.routes.register(['r'])).values()] as [number]
  return {
    measured: async (ms) =>
      sampleOf(await slice(size, async () => void (await append(store, route, size, false)), ms)),
    reference: async (ms) => sampleOf(await slice(size, () => bare.append(size), ms)),
  }
}

function sampleOf({ microseconds }: Slice): Sample {
  return { cost: microseconds, accepted: 0, expected: 0, delivered: 0, foreign: 0 }
}

/** CPU time of all threads for each event, over a fixed time. */
async function slice(size: number, work: () => Promise<void> | void, forMs = roundMs): Promise<Slice> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  let events = 0
  let elapsed = 0
  while (elapsed < forMs) {
    await work()
    events += size
    elapsed = performance.now() - start
  }
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (events / elapsed) * 1_000, microseconds: (user + system) / events }
}

/** As a server does it: each event is a call of its own, made in the same turn of the loop. */
async function append(store: Storage, route: number, size: number, lease = true): Promise<Lease[]> {
  const item = (): AppendItem => ({
    owner: '/default/orders',
    record: new Uint8Array(recordBytes).fill(65),
    to: [{ route, lease }],
  })
  const answers = await Promise.all(Array.from({ length: size }, () => store.append([item()])))
  return answers.flatMap(([answer]) => (answer?.kind === 'stored' ? [...answer.leases] : []))
}

async function settle(store: Storage, leases: readonly Lease[]): Promise<void> {
  await Promise.all(leases.map((lease) => store.settle([{ lease, outcome: { kind: 'done' } }])))
}

/** The same two rows, nothing else: what SQLite itself costs. */
class Bare {
  readonly #db: DatabaseSync
  #last = 0

  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE event (id INTEGER PRIMARY KEY, owner TEXT, record BLOB);
      CREATE TABLE delivery (event INTEGER, route INTEGER, due INTEGER, PRIMARY KEY (event, route)) WITHOUT ROWID;
      CREATE INDEX delivery_due ON delivery (route, due, event)`)
  }

  append(size: number): void {
    this.#insert ??= this.#db.prepare('INSERT INTO event VALUES (?, ?, ?)')
    this.#deliver ??= this.#db.prepare('INSERT INTO delivery VALUES (?, 1, ?)')
    this.#db.exec('BEGIN')
    for (let n = 0; n < size; n += 1) {
      this.#last += 1
      this.#insert.run(this.#last, '/default/orders', new Uint8Array(recordBytes).fill(65))
      this.#deliver.run(this.#last, Date.now())
    }
    this.#db.exec('COMMIT')
  }

  close(): void {
    this.#db.close()
  }

  #insert: ReturnType<DatabaseSync['prepare']> | undefined
  #deliver: ReturnType<DatabaseSync['prepare']> | undefined
}

async function aMillion(directory: string): Promise<void> {
  const path = join(directory, 'million')
  const filling = await sqliteStorage({ path })
  const routes = [...(await filling.routes.register(['a', 'b', 'c', 'd'])).values()] as [
    number,
    number,
    number,
    number,
  ]
  const [first, second] = routes
  const record = new Uint8Array(200)
  for (let at = 0; at < waiting; at += 5_000) {
    const items = Array.from({ length: 5_000 }, (_, n): AppendItem => {
      return { owner: '/default/orders', record, to: [{ route: routes[n % 4] ?? first, lease: false }] }
    })
    await filling.append(items)
  }
  await filling.close()

  const before = process.memoryUsage.rss()
  const opening = performance.now()
  const store = await sqliteStorage({ path })
  const opened = performance.now() - opening
  await store.routes.register(['a', 'b', 'c', 'd'])
  const rows: (string | number)[][] = [
    ['what', 'ms'],
    ['open', opened],
    ['stats', await milliseconds(() => store.stats())],
    [
      'claim 100 of one route',
      await milliseconds(() => store.claim([{ route: first, max: 100, maxBytes: 1e9 }])),
    ],
    [
      'claim 100 of one route, 10,000 leased before them',
      await milliseconds(async () => {
        await store.claim([{ route: second, max: 10_000, maxBytes: 1e9 }])
        return async () => store.claim([{ route: second, max: 100, maxBytes: 1e9 }])
      }),
    ],
  ]
  printTable(`${waiting.toLocaleString('en')} waiting deliveries`, rows)
  const grown = (process.memoryUsage.rss() - before) / 2 ** 20
  process.stdout.write(`  resident memory over that of the empty process: ${grown.toFixed(0)} MiB\n`)
  await store.close()
}

/** The median of some; a function as result is what is to be measured. */
async function milliseconds(prepare: () => Promise<unknown>): Promise<number> {
  const results: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    let start = performance.now()
    const result = await prepare()
    if (typeof result === 'function') {
      start = performance.now()
      await result()
    }
    results.push(performance.now() - start)
  }
  return results.toSorted((x, y) => x - y)[rounds >> 1] ?? Number.NaN
}
