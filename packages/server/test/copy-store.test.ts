import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lease, RouteNumber, Storage, StorePiece } from '@millrace/storage'
import { redisMissing, redisServer } from '@millrace/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { copyStore } from '../src/copy-store.ts'
import { openSource, openStore, openTarget } from '../src/storage-catalog.ts'

async function directory(): Promise<string> {
  const home = await mkdtempDisposable(join(tmpdir(), 'copy-'))
  onTestFinished(() => home.remove())
  return `sqlite:${home.path}/store`
}

const open = (url: string): Promise<Storage> => openStore(url, { reserveBytes: 0 })
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const details = { reason: 'why', attempts: 2, firstAttempt: 10, lastAttempt: 20, type: 'a.type' }
const owner = '/default/o'

/** One of everything that a store can hold. → when what is scheduled is due */
async function fill(storage: Storage): Promise<void> {
  const numbers = await storage.routes.register(['gone', 'plain', 'ordered'])
  const [gone, plain, ordered] = ['gone', 'plain', 'ordered'].map((id) =>
    numbers.get(id)!,
  ) as RouteNumber[] as [RouteNumber, RouteNumber, RouteNumber]
  const put = async (name: string, route: RouteNumber, more: object = {}, item: object = {}) => {
    const to = [{ route, lease: false, ...more }]
    await storage.append([{ owner, record: bytes(name), to, ...item }])
  }
  const claim = async (route: RouteNumber): Promise<readonly Lease[]> =>
    (await storage.claim([{ route, max: 100, maxBytes: 1_000_000 }]))[0]!.leases
  await put('orphaned', gone)
  for (let n = 0; n < 3; n += 1) await put(`a${n}`, ordered, { key: 'a key' })
  for (let n = 0; n < 3; n += 1) await put(`b${n}`, ordered, { key: 'b' })
  const heads = await claim(ordered)
  const parked = heads.find(({ key }) => key === 'a key')!
  await storage.release(heads.filter((lease) => lease !== parked))
  const attempt = { n: 1, at: 1_234, ms: 5, code: 503, error: 'no', body: 'Ym9keQ==' }
  await storage.settle([{ lease: parked, outcome: { kind: 'park', details }, attempt }])
  await put(
    'both',
    plain,
    {},
    {
      to: [
        { route: plain, lease: false },
        { route: ordered, lease: false, key: 'c' },
      ],
    },
  )
  await put('retried', plain, {}, { archive: { keepMs: 60_000_000, eventId: 'e-1' } })
  await put('dead', plain, {}, { archive: { keepMs: 60_000_000, eventId: 'e-2' } })
  for (const lease of await claim(plain)) {
    const name = Buffer.from(lease.record ?? []).toString()
    if (name === 'both') await storage.release([lease])
    else if (name === 'retried')
      await storage.settle([{ lease, outcome: { kind: 'retry', due: 4_000_000_000_000 }, attempt }])
    else {
      const end = { result: 'dead', attempts: 1, at: 9, ms: 3, reason: 'why', code: 400 } as const
      const deadLetters = [{ route: plain, details: { ...details, delivery: lease.id } }]
      await storage.settle([{ lease, outcome: { kind: 'done', end }, deadLetters, attempt }])
    }
  }
  await put('later', plain, { due: 4_100_000_000_000 })
  await put('once', plain, {}, { dedupe: { key: 'a/dedupe key', keepMs: 60_000_000 } })
  // its process has it still when it ends
  await put('leased', plain, { lease: true })
  await storage.checkpoints.put('paused/Trigger default/t', bytes(''))
  await storage.checkpoints.put('position', Uint8Array.of(0, 255, 10))
  const waiting = await storage.jobs.add({ id: 'goes on', kind: 'a kind', input: { all: true } })
  expect(waiting.state).toBe('waiting')
  await storage.jobs.add({ id: 'cancelled', kind: 'a kind', input: {} })
  await storage.jobs.cancel('cancelled')
  // of a process that has gone
  await storage.checkpoints.put('process/12', bytes('{}'))
  await storage.singletons.acquire('leader', 'me', 1)
  await storage.routes.register(['plain', 'ordered'])
}

/** All that a store holds, but for the names of events, which are the store's own. */
async function held(url: string): Promise<unknown[]> {
  const source = await openSource(url)
  try {
    const all: StorePiece[] = []
    for await (const pieces of source.pieces()) all.push(...pieces)
    const order = new Map(
      all
        .flatMap((piece) => ('ref' in piece ? [piece.ref] : piece.kind === 'event' ? [piece.event.ref] : []))
        .map((ref, n) => [ref, `#${n}`]),
    )
    const name = (delivery: string): string =>
      delivery.replace(/^(.*)-(\d+)$/, (_, ref: string, route: string) => `${order.get(ref)}-${route}`)
    return all
      .map((piece) => {
        if (piece.kind === 'event')
          return { ...piece, event: { ...piece.event, ref: order.get(piece.event.ref) } }
        if (piece.kind !== 'deadLetter') return piece
        const { delivery = '' } = piece.details
        return {
          ...piece,
          ref: order.get(piece.ref),
          details: { ...piece.details, delivery: name(delivery) },
        }
      })
      .filter((piece) => piece.kind !== 'checkpoint' || !/^(process|jobs)\//.test(piece.key))
      .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
  } finally {
    await source.close()
  }
}

/** Small values have no order of their own. */
function sortKey(piece: object): string {
  if ('key' in piece) return `z${String(piece.key)}`
  return 'name' in piece ? `y${String(piece.name)}` : ''
}

describe.skipIf(redisMissing !== undefined)(`moving house ${redisMissing ?? ''}`, () => {
  test('all that a store holds is in the other, and back again', async () => {
    await using redis = await redisServer()
    const [first, again] = [await directory(), await directory()]
    const storage = await open(first)
    await fill(storage)
    await storage.close()
    const before = await held(first)
    const copied = await copyStore(first, redis.storeUrl('house'))
    expect(copied).toEqual({
      routes: 3,
      events: 13,
      deliveries: 13,
      parkedKeys: 1,
      archived: 2,
      failedAttempts: 3,
      deadLetters: 1,
      checkpoints: 3,
      dedupeKeys: 1,
    })
    expect(await held(redis.storeUrl('house'))).toEqual(before)
    expect(await held(first)).toEqual(before)
    expect(await copyStore(redis.storeUrl('house'), again)).toEqual(copied)
    expect(await held(again)).toEqual(before)

    // and works: the orders of keys, what is parked, what is a duplicate, numbers of routes, tokens
    for (const url of [redis.storeUrl('house'), again]) {
      const moved = await open(url)
      const numbers = await moved.routes.register(['plain', 'ordered'])
      const [plain, ordered] = [numbers.get('plain')!, numbers.get('ordered')!]
      expect([plain, ordered]).toEqual([2, 3])
      const taken: string[] = []
      for (let round = 0; round < 4; round += 1) {
        const [{ leases } = { leases: [] }] = await moved.claim([
          { route: ordered, max: 100, maxBytes: 1_000_000 },
        ])
        taken.push(...leases.map(({ record }) => Buffer.from(record ?? []).toString()))
        await moved.settle(leases.map((lease) => ({ lease, outcome: { kind: 'done' } })))
      }
      expect(taken).toEqual(['b0', 'both', 'b1', 'b2'])
      const [key] = await moved.parked.list({ limit: 10 })
      expect(key).toMatchObject({ key: 'a key', waiting: 3, details })
      await moved.parked.release(ordered, 'a key')
      const [{ leases } = { leases: [] }] = await moved.claim([
        { route: ordered, max: 100, maxBytes: 1_000_000 },
      ])
      expect(leases.map(({ record }) => Buffer.from(record ?? []).toString())).toEqual(['a0'])
      const item = { owner, record: bytes('twice'), to: [{ route: plain, lease: false }] }
      const dedupe = { key: 'a/dedupe key', keepMs: 1_000 }
      expect(await moved.append([{ ...item, dedupe }])).toMatchObject([{ kind: 'duplicate' }])
      const [letter] = await moved.deadLetters.list({ limit: 10 })
      expect(await moved.attempts(letter!.details.delivery!)).toMatchObject([{ code: 503, body: 'Ym9keQ==' }])
      expect(await moved.archive.find('e-2')).toMatchObject([
        { owner, ends: [{ result: 'dead', code: 400 }] },
      ])
      expect(await moved.jobs.list()).toMatchObject([
        { id: 'goes on', kind: 'a kind', input: { all: true }, state: 'waiting' },
      ])
      expect(await moved.singletons.acquire('leader', 'other', 1_000)).toBe(2)
      expect((await moved.routes.list()).find(({ id }) => id === 'gone')?.orphanedSince).toBeDefined()
      expect([...(await moved.routes.register(['plain', 'ordered', 'new'])).values()].at(-1)).toBe(4)
      await moved.close()
    }
  })

  test('what was appended on several processes at the same time keeps its order and its attempts', async () => {
    await using redis = await redisServer()
    const [url, there] = [redis.storeUrl('twins'), await directory()]
    const [one, two] = [await open(url), await open(url)]
    const route = [...(await one.routes.register(['r'])).values()][0]!
    await two.routes.register(['r'])
    for (let n = 0; n < 50; n += 1) {
      const to = [{ route, lease: false }]
      await Promise.all([one, two].map((each, m) => each.append([{ owner, record: bytes(`${n}/${m}`), to }])))
    }
    await one.close()
    await two.close()
    const before = await held(url)
    expect((await copyStore(url, there)).events).toBe(100)
    const strip = (pieces: unknown[]): unknown =>
      JSON.parse(JSON.stringify(pieces, (key, value) => (key === 'at' ? 0 : value)))
    expect(strip(await held(there))).toEqual(strip(before))
  })

  test('a store that is in use, not empty, or not there is refused, and nothing is copied', async () => {
    await using redis = await redisServer()
    const [from, full] = [await directory(), await directory()]
    const url = redis.storeUrl('refusals')
    await expect(copyStore(from, url)).rejects.toThrow(/there is no store in /)
    for (const each of [from, full]) {
      const storage = await open(each)
      await fill(storage)
      if (each === from) await expect(copyStore(from, url)).rejects.toThrow(/is held by process/)
      await storage.close()
    }
    await expect(copyStore(from, full)).rejects.toThrow(
      /is not empty \(\d+ in event, \d+ in pack, .*name another directory/,
    )
    await expect(copyStore(from, 'memory:')).rejects.toThrow(/"memory:" cannot be copied/)
    await expect(copyStore(redis.storeUrl('nothing'), full)).rejects.toThrow(/there is no store in redis/)
    await copyStore(from, url)
    await expect(copyStore(from, url)).rejects.toThrow(/is not empty \(there are routes, events/)
    const running = await open(url)
    await expect(copyStore(from, url)).rejects.toThrow(/is in use/)
    await running.close()
  })

  test('a copy that is not finished is no store, and is begun anew', async () => {
    await using redis = await redisServer()
    const from = await directory()
    const storage = await open(from)
    await fill(storage)
    await storage.close()
    for (const to of [redis.storeUrl('part'), await directory()]) {
      const [source, target] = [await openSource(from), await openTarget(to)]
      for await (const pieces of source.pieces()) await target.take(pieces)
      // the process dies before it says that it has finished
      await Promise.all([source.close(), target.close()])
      await expect(open(to)).rejects.toThrow(/a copy to (this|the) store .*was not finished/)
      expect(await copyStore(from, to)).toMatchObject({ events: 13, deadLetters: 1 })
      expect(await held(to)).toEqual(await held(from))
    }
  })

  test('while it is copied no server opens it', async () => {
    await using redis = await redisServer()
    const url = redis.storeUrl('busy')
    const storage = await open(url)
    await fill(storage)
    await storage.close()
    const source = await openSource(url)
    await expect(open(url)).rejects.toThrow(/it is being copied, or was until a minute ago/)
    await source.close()
    await (await open(url)).close()
  })
})
