import type { AppendResult, RouteNumber, Storage } from '@millrace/storage'
import { eventually, freePorts, redis8, redisMissing, redisServer, valkey } from '@millrace/testkit'
import type { RedisServer, RedisServerOptions } from '@millrace/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { redisStorage } from '../src/index.ts'
import type { RedisStorageOptions } from '../src/index.ts'

async function started(options: RedisServerOptions): Promise<RedisServer> {
  const server = await redisServer(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

async function opened(server: RedisServer, options: Partial<RedisStorageOptions>): Promise<Storage> {
  const storage = await redisStorage({ url: server.storeUrl(), stallMs: 1_000, renewMs: 50, ...options })
  onTestFinished(() => storage.close())
  return storage
}

/** A primary, and a replica that has all of it. */
async function replicated(): Promise<{ primary: RedisServer; replica: RedisServer }> {
  const [port = 0] = await freePorts(1)
  const primary = await started({ port, args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await started({
    args: ['--replicaof', `127.0.0.1 ${port}`],
  })
  await eventually(async () =>
    expect(await replica.ask('INFO', 'replication')).toContain('master_link_status:up'),
  )
  return { primary, replica }
}

async function routeOf(storage: Storage): Promise<RouteNumber> {
  return [...(await storage.routes.register(['r'])).values()][0] ?? 0
}

async function put(storage: Storage, route: RouteNumber, name: string, lease = false): Promise<AppendResult> {
  const item = { owner: '/default/o', record: Buffer.from(name), to: [{ route, lease }] }
  const dedupe = { key: name, keepMs: 60_000 }
  return (await storage.append([lease ? item : { ...item, dedupe }]))[0]!
}

async function waiting(storage: Storage, route: RouteNumber): Promise<string[]> {
  const [result] = await storage.claim([{ route, max: 1_000, maxBytes: 1_000_000 }])
  await storage.release(result?.leases ?? [])
  return (result?.leases ?? []).map(({ record }) => Buffer.from(record ?? []).toString())
}

/** How often the server was asked for a command. */
async function calls(server: RedisServer, command: string): Promise<number> {
  const stats = await server.ask('INFO', 'commandstats')
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
}

describe.skipIf(redisMissing !== undefined)(
  `what is waited for before an event is accepted ${redisMissing ?? ''}`,
  () => {
    test('a replica: it has every event that was stored, and is asked once for all events of a turn', async () => {
      const { primary, replica } = await replicated()
      const storage = await opened(primary, { confirm: { replicas: 1 } })
      // a replica that has just come has not answered yet
      await eventually(() => expect(storage.health.kind).toBe('ok'))
      const { durability } = await storage.info()
      expect(durability).toContain('and of 1 replica that is waited for; connected now: 1')
      const route = await routeOf(storage)
      const [waits, before] = [await calls(primary, 'wait'), await calls(primary, 'xadd')]
      const names = Array.from({ length: 100 }, (_, n) => `e${n}`)
      const results = await Promise.all(names.map((name) => put(storage, route, name, true)))
      expect(results.every(({ kind }) => kind === 'stored')).toBe(true)
      expect((await calls(primary, 'xadd')) - before).toBe(100)
      expect((await calls(primary, 'wait')) - waits).toBe(1)
      const logs = await replica.ask(
        'EVAL',
        "return redis.call('XLEN', redis.call('KEYS', 'm:*:log:*')[1])",
        0,
      )
      expect(logs).toBe(':100\r\n')
      // what only ends a delivery waits for nobody
      const leases = results.flatMap((result) => (result.kind === 'stored' ? result.leases : []))
      await storage.settle(leases.map((lease) => ({ lease, outcome: { kind: 'done' } })))
      expect((await calls(primary, 'wait')) - waits).toBe(1)
    })

    test('a replica that hangs: refused and taken out again, settling goes on, and all is well once it is back', async () => {
      const { primary, replica } = await replicated()
      const storage = await opened(primary, { confirm: { replicas: 1 } })
      // a replica that has just come has not answered yet
      await eventually(() => expect(storage.health.kind).toBe('ok'))
      const route = await routeOf(storage)
      const first = await put(storage, route, 'held', true)
      await put(storage, route, 'waits')
      replica.signal('SIGSTOP')
      for (const lease of [true, false])
        expect(await put(storage, route, 'refused', lease)).toMatchObject({
          kind: 'refused',
          reason: 'unavailable',
          detail: '0 of 1 replicas had what was written after 800 ms',
        })
      expect(storage.health.kind).toBe('unconfirmed')
      // without another wait
      const waits = await calls(primary, 'wait')
      expect(await put(storage, route, 'refused')).toMatchObject({ kind: 'refused' })
      expect((await calls(primary, 'wait')) - waits).toBeLessThanOrEqual(1)
      const leases = first.kind === 'stored' ? first.leases : []
      expect(await storage.settle([{ lease: leases[0]!, outcome: { kind: 'retry', due: 1 } }])).toMatchObject(
        [{ kind: 'settled' }],
      )
      expect(await waiting(storage, route)).toEqual(['held', 'waits'])
      replica.signal('SIGCONT')
      await eventually(() => expect(storage.health.kind).toBe('ok'))
      // the key of what was refused went with it
      expect(await put(storage, route, 'refused')).toMatchObject({ kind: 'stored' })
      expect(await waiting(storage, route)).toEqual(['held', 'waits', 'refused'])
    })

    test('the events of one request wait for a replica too: refused and taken out again together', async () => {
      const { primary, replica } = await replicated()
      const storage = await opened(primary, { confirm: { replicas: 1 } })
      await eventually(() => expect(storage.health.kind).toBe('ok'))
      const route = await routeOf(storage)
      const batch = (...names: readonly string[]) =>
        storage.append(
          names.map((name, n) => ({
            owner: '/default/o',
            record: Buffer.from(name),
            to: [{ route, lease: n === 0 }],
            dedupe: { key: name, keepMs: 60_000 },
          })),
        )
      const stored = { kind: 'stored' }
      expect(await batch('known', 'too')).toMatchObject([stored, stored])
      replica.signal('SIGSTOP')
      const refused = { kind: 'refused', reason: 'unavailable' }
      expect(await batch('known', 'refused', 'as well')).toMatchObject([refused, refused, refused])
      expect(await waiting(storage, route)).toEqual(['too'])
      replica.signal('SIGCONT')
      await eventually(() => expect(storage.health.kind).toBe('ok'))
      // what was known stays so, and the keys of what was refused went with it
      expect(await batch('known', 'refused', 'as well')).toMatchObject([
        { kind: 'duplicate' },
        stored,
        stored,
      ])
      expect(await waiting(storage, route)).toEqual(['too', 'refused', 'as well'])
    })

    test('too few replicas at the start: not well before the first event', async () => {
      const storage = await opened(await started({}), { confirm: { replicas: 2 }, stallMs: 200 })
      expect(storage.health).toEqual({
        kind: 'unconfirmed',
        detail: '0 of 2 replicas had what was written after 160 ms',
      })
    })

    test('a sync that Redis 7.0 cannot be asked for: refused, with what there is instead', async () => {
      const server = await started({ appendfsync: 'everysec' })
      const hasIt = !(await server.ask('WAITAOF', 0, 0, 1)).startsWith('-ERR unknown command')
      if (hasIt) return
      await expect(redisStorage({ url: server.storeUrl(), confirm: { sync: true } })).rejects.toThrow(
        /redis 7\S+ has no WAITAOF, which --redis-sync needs.* appendfsync always/,
      )
    })

    test('a user who may ask for no settings: what is not known is said', async () => {
      const server = await started({})
      await server.ask('ACL', 'SETUSER', 'app', 'on', '>x', '~*', '&*', '+@all', '-config')
      const url = server.storeUrl().replace('redis+unix://', 'redis+unix://app:x@')
      const storage = await redisStorage({ url })
      onTestFinished(() => storage.close())
      expect((await storage.info()).durability).toMatch(
        /\(no replica\), not in an append-only file; whether snapshots are made is not known/,
      )
      await server.ask('ACL', 'SETUSER', 'app', '-info')
      const blind = await redisStorage({ url: `${url}-2` })
      onTestFinished(() => blind.close())
      expect((await blind.info()).durability).toMatch(
        /its replicas are not shown to us.* whether it is on a disk is not known.* its maxmemory-policy/,
      )
    })
  },
)

for (const { name, command = '', missing } of [redis8, valkey])
  describe.skipIf(missing !== undefined)(`a sync is waited for on ${name} ${missing ?? ''}`, () => {
    test('WAITAOF: once for all events of a turn', async () => {
      const server = await started({ command, appendfsync: 'everysec' })
      const storage = await opened(server, { confirm: { sync: true }, stallMs: 5_000 })
      expect((await storage.info()).durability).toMatch(/synced to its append-only file, waited for/)
      const route = await routeOf(storage)
      const before = await calls(server, 'waitaof')
      const results = await Promise.all(['a', 'b', 'c'].map((event) => put(storage, route, event)))
      expect(results.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored'])
      expect((await calls(server, 'waitaof')) - before).toBe(1)
      // what was accepted is on the disk
      await server.kill()
      await server.start()
      await eventually(async () => expect(await waiting(storage, route)).toEqual(['a', 'b', 'c']), {
        timeoutMs: 20_000,
      })
    })

    test('no append-only file to wait for: refused', async () => {
      const server = await started({ command })
      await expect(redisStorage({ url: server.storeUrl(), confirm: { sync: true } })).rejects.toThrow(
        /keeps no append-only file, which --redis-sync waits for: set appendonly yes/,
      )
    })
  })
