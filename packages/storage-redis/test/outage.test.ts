import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { AppendResult, Lease, RouteNumber, Storage } from '@millrace/storage'
import { eventually, redisMissing, redisServer } from '@millrace/testkit'
import type { RedisServer, RedisServerOptions } from '@millrace/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { redisStorage } from '../src/index.ts'
import { openRedis } from '../src/redis-storage.ts'
import type { RedisStorageOptions } from '../src/index.ts'

const done = { kind: 'done' } as const

interface Open {
  readonly server: RedisServer
  readonly storage: Storage
  readonly route: RouteNumber
}

async function open(
  server: RedisServerOptions = {},
  options: Partial<RedisStorageOptions> = {},
): Promise<Open> {
  const redis = await redisServer(server)
  onTestFinished(() => redis[Symbol.asyncDispose]())
  const storage = await redisStorage({ url: redis.storeUrl(), stallMs: 500, ...options })
  onTestFinished(() => storage.close())
  const route = [...(await storage.routes.register(['r'])).values()][0] ?? 0
  return { server: redis, storage, route }
}

async function put({ storage, route }: Open, name: string | Uint8Array, lease = true): Promise<AppendResult> {
  const item = { owner: '/default/o', record: Buffer.from(name), to: [{ route, lease }] }
  return (await storage.append([item]))[0]!
}

function leaseOf(result: AppendResult): Lease {
  if (result.kind !== 'stored' || result.leases[0] === undefined) throw new Error(result.kind)
  return result.leases[0]
}

async function waiting({ storage, route }: Open): Promise<string[]> {
  const [result] = await storage.claim([{ route, max: 1_000, maxBytes: 1_000_000 }])
  await storage.release(result?.leases ?? [])
  return (result?.leases ?? []).map(({ record }) => Buffer.from(record ?? []).toString())
}

describe.skipIf(redisMissing !== undefined)(`Redis is away ${redisMissing ?? ''}`, () => {
  test('it hangs: appends are refused, settles wait and are done when it goes on', async () => {
    const it = await open()
    const [first, second] = [leaseOf(await put(it, '1')), leaseOf(await put(it, '2'))]
    it.server.signal('SIGSTOP')
    const unknown = put(it, 'nobody knows')
    const settled = it.storage.settle([{ lease: first, outcome: done }])
    expect(await unknown).toMatchObject({ kind: 'refused', reason: 'unavailable' })
    expect(it.storage.health.kind).toBe('unavailable')
    expect(await put(it, 'refused')).toMatchObject({ kind: 'refused', reason: 'unavailable' })
    expect((await it.storage.claim([{ route: it.route, max: 1, maxBytes: 1 }]))[0]?.leases).toEqual([])
    await expect(it.storage.checkpoints.put('k', new Uint8Array())).rejects.toMatchObject({
      code: 'unavailable',
    })
    it.server.signal('SIGCONT')
    expect(await settled).toEqual([{ kind: 'settled', appends: [] }])
    await eventually(() => it.storage.health.kind === 'ok')
    expect(await it.storage.settle([{ lease: second, outcome: done }])).toMatchObject([{ kind: 'settled' }])
    expect(await waiting(it)).toEqual([])
    expect(await it.storage.stats()).toEqual([])
  })

  test('it is killed and comes back with its data: leases hold, what was settled is settled', async () => {
    const it = await open({ appendfsync: 'always' })
    const [held, over] = [leaseOf(await put(it, 'held')), leaseOf(await put(it, 'over'))]
    await put(it, 'waits', false)
    await it.storage.settle([{ lease: over, outcome: done }])
    await it.server.kill()
    await eventually(() => it.storage.health.kind === 'unavailable')
    const settled = it.storage.settle([{ lease: held, outcome: { kind: 'retry', due: 1 } }])
    await it.server.start()
    expect(await settled).toMatchObject([{ kind: 'settled' }])
    await eventually(async () => expect(await waiting(it)).toEqual(['held', 'waits']))
  })

  test('it comes back without its data: what was held is stale, and all goes on', async () => {
    const it = await open()
    const held = leaseOf(await put(it, 'gone'))
    await it.server.kill()
    await it.server.start()
    await eventually(() => it.storage.health.kind === 'ok')
    expect(await it.storage.settle([{ lease: held, outcome: done }])).toEqual([{ kind: 'stale' }])
    expect(await put(it, 'new', false)).toMatchObject({ kind: 'stored' })
    expect(await waiting(it)).toEqual(['new'])
  })

  test('it has no room: appends are refused as full, settles and retries go on, and room is found', async () => {
    const it = await open({ args: ['--maxmemory', '16mb'] }, { renewMs: 50 })
    const record = new Uint8Array(200_000).fill(120)
    const leases: Lease[] = []
    let result = await put(it, record)
    for (; result.kind === 'stored'; result = await put(it, record)) leases.push(leaseOf(result))
    expect(result).toMatchObject({ kind: 'refused', reason: 'full' })
    expect(it.storage.health.kind).toBe('full')
    const [last, ...others] = leases
    const attempt = { n: 1, at: 1, ms: 1 }
    const retry = { lease: last!, outcome: { kind: 'retry', due: 1 }, attempt } as const
    expect(await it.storage.settle([retry])).toMatchObject([{ kind: 'settled' }])
    const items = others.map((lease) => ({ lease, outcome: done }))
    expect((await it.storage.settle(items)).every(({ kind }) => kind === 'settled')).toBe(true)
    await eventually(() => it.storage.health.kind === 'ok')
    expect(await put(it, 'fits')).toMatchObject({ kind: 'stored' })
  })

  test('it has no room for longer than a process may be silent: it lives on, takes over from the dead, and can be asked', async () => {
    const death = new AbortController()
    const it = await open({}, { aliveMs: 1_000, renewMs: 3_600_000 })
    const url = it.server.storeUrl()
    const other = await openRedis({ url, aliveMs: 200 }, { death: death.signal })
    await other.routes.register(['r'])
    await other.append([
      { owner: '/default/o', record: Buffer.from('e'), to: [{ route: it.route, lease: true }] },
    ])
    await it.server.ask('CONFIG', 'SET', 'maxmemory', '1')
    expect(await put(it, 'refused')).toMatchObject({ kind: 'refused', reason: 'full' })
    death.abort()
    await eventually(async () => {
      await it.storage.renew()
      expect((await it.storage.members()).map(({ id }) => id)).toEqual([it.storage.member])
    })
    expect(it.storage.holds()).toBe(true)
    expect(await waiting(it)).toEqual(['e'])
    expect(await it.storage.stats()).toMatchObject([{ unsettled: 1, deadLetters: 0 }])
    expect((await it.storage.deliveries.list({ limit: 9 })).items).toHaveLength(1)
    expect(await it.storage.deadLetters.list({ limit: 9 })).toEqual([])
    expect(await it.storage.parked.list({ limit: 9 })).toEqual([])
    expect(await it.storage.archive.find('e')).toEqual([])
    expect(await it.storage.checkpoints.list('')).toEqual([])
  })

  test('it is read-only: appends are refused, and all goes on when it is not any more', async () => {
    const it = await open()
    const lease = leaseOf(await put(it, '1'))
    await it.server.ask('REPLICAOF', '127.0.0.1', '1')
    expect(await put(it, 'refused')).toMatchObject({ kind: 'refused', reason: 'unavailable' })
    const settled = it.storage.settle([{ lease, outcome: done }])
    await it.server.ask('REPLICAOF', 'NO', 'ONE')
    expect(await settled).toMatchObject([{ kind: 'settled' }])
    await eventually(async () => expect(await put(it, 'later', false)).toMatchObject({ kind: 'stored' }))
    expect(await waiting(it)).toEqual(['later'])
  })

  test('an outcome that it refuses to take stays with its holder, who can settle it in another way', async () => {
    const it = await open()
    const lease = leaseOf(await put(it, 'e'))
    const other = leaseOf(await put(it, 'other'))
    // somebody has put something else in its place
    await it.server.ask('SET', 'm:{millrace}:dead', 'no sorted set')
    const deadLetters = [
      { route: it.route, details: { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: 1 } },
    ]
    await expect(it.storage.settle([{ lease, outcome: done, deadLetters }])).rejects.toThrow(/WRONGTYPE/)
    await eventually(() => it.storage.health.kind === 'ok')
    expect(await it.storage.settle([{ lease, outcome: { kind: 'retry', due: 1 } }])).toMatchObject([
      { kind: 'settled' },
    ])
    expect(await it.storage.settle([{ lease: other, outcome: done }])).toMatchObject([{ kind: 'settled' }])
    expect(await waiting(it)).toEqual(['e'])
  })

  test('it is not there when the store is opened: an error that names it, without the password', async () => {
    const url = 'redis://user:secret@127.0.0.1:1/3'
    const error = await redisStorage({ url }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'StorageOpenError', code: 'unusable' })
    expect(String(error)).toMatch(/redis:\/\/user:\*\*\*@127\.0\.0\.1:1\/3 cannot be used: .*ECONNREFUSED/)
  })

  test('it takes connections and says nothing: an error, and no wait for ever', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined))
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    for (const url of [`redis://127.0.0.1:${port}`, `redis-sentinel://127.0.0.1:${port}/main`])
      await expect(redisStorage({ url, stallMs: 100 })).rejects.toThrow(/connected, but no answer came/)
  })

  test('it has not that database: refused, no other one is used', async () => {
    await using redis = await redisServer()
    await expect(redisStorage({ url: `${redis.storeUrl()}&db=16` })).rejects.toThrow(
      /DB index is out of range/,
    )
    expect(await redis.ask('DBSIZE')).toBe(':0\r\n')
  })

  test('it would throw accepted events away: refused, unless that is what is wanted', async () => {
    await using server = await redisServer({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    const url = server.storeUrl()
    await expect(redisStorage({ url })).rejects.toThrow(/maxmemory-policy is allkeys-lru.* noeviction/)
    const storage = await redisStorage({ url: `${url}&eviction=allowed` })
    await storage.close()
  })
})
