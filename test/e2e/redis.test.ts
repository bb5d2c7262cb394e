import {
  eventually,
  freePorts,
  exchange,
  post,
  receiver,
  redisMissing,
  redisServer,
  runCli,
  startMillrace,
  type Millrace,
  type RedisServer,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { settled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, probe } from './fixture/producing.ts'
import { expectRefusal } from './fixture/refusals.ts'

/** A process that dies is taken over from within so long (design: rule 2). */
const takeoverMs = 15_000

/** Two processes on one Redis. */
async function pair(
  redis: RedisServer,
  manifests: string,
): Promise<AsyncDisposableStack & { servers: Millrace[] }> {
  const stack = new AsyncDisposableStack()
  const servers: Millrace[] = []
  for (let n = 0; n < 2; n += 1)
    servers.push(stack.use(await startMillrace({ manifests, args: ['--store', redis.storeUrl()] })))
  return Object.assign(stack, { servers })
}

/** Waits until a process has renewed its name so often, three seconds each. */
async function renewals(redis: RedisServer, count: number): Promise<void> {
  const [key = ''] = /m:\{millrace\}:alive:\d+/.exec(await redis.ask('KEYS', 'm:{millrace}:alive:*')) ?? []
  const leftMs = async (): Promise<number> => Number((await redis.ask('PTTL', key)).slice(1))
  for (let seen = 0; seen < count; seen += 1) {
    let before = await leftMs()
    await eventually(async () => {
      const now = await leftMs()
      const isLonger = now > before
      before = now
      return isLonger
    })
  }
}

describe.skipIf(redisMissing !== undefined)(`--store redis ${redisMissing ?? ''}`, () => {
  test('what one process accepts and has no room for, another delivers', async () => {
    await using redis = await redisServer()
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    const manifests = broker() + trigger('t', sink.url, { annotations: { 'millrace.dev/in-flight': '1' } })
    await using both = await pair(redis, manifests)
    const events = ids('e', 40)
    await acceptAll(
      brokerUrl(both.servers[0]!),
      events.map((id) => ({ id })),
    )
    // one in flight for each process
    await eventually(() => expect(sink.pending).toBe(2))
    sink.release()
    await settled(both.servers[1]!)
    expect(new Set(sink.taken)).toEqual(new Set(events))
  })

  test(
    'a sink that takes longer than a lease gets its event once while the process lives, and again soon after its death',
    { timeout: 90_000 },
    async () => {
      await using redis = await redisServer()
      await using sink = await receiver({ remember: 'ids' })
      sink.hold()
      await using both = await pair(redis, broker() + trigger('t', sink.url))
      const [first, second] = both.servers as [Millrace, Millrace]
      await acceptAll(brokerUrl(first), [{ id: 'long' }])
      await sink.received(1)
      await renewals(redis, 5)
      expect(sink.count).toBe(1)
      const killedAt = performance.now()
      await first.kill()
      await sink.received(2, { timeoutMs: takeoverMs })
      const seconds = ((performance.now() - killedAt) / 1_000).toFixed(1)
      process.stdout.write(`redis: made again ${seconds} s after the death of its process\n`)
      sink.release()
      await settled(second)
      expect(sink.ids).toEqual(['long', 'long'])
    },
  )

  test(
    'a process that stood still for longer than its lease sends nothing again that another has taken over',
    { timeout: 90_000 },
    async () => {
      await using redis = await redisServer()
      await using sink = await receiver({ remember: 'ids' })
      sink.hold()
      const manifests = broker() + trigger('t', sink.url, { annotations: { 'millrace.dev/in-flight': '10' } })
      await using both = await pair(redis, manifests)
      const [stopped, other] = both.servers as [Millrace, Millrace]
      const events = ids('e', 20)
      await acceptAll(
        brokerUrl(stopped),
        events.map((id) => ({ id })),
      )
      // ten are under way, ten wait for their turn in its memory
      await sink.received(10)
      stopped.signal('SIGSTOP')
      await sink.received(20, { timeoutMs: 2 * takeoverMs })
      sink.release()
      await settled(other)
      stopped.signal('SIGCONT')
      // it has seen that all is settled, and goes on with what is new
      await eventually(async () => expect((await post(brokerUrl(stopped), { id: 'new' })).status).toBe(202))
      await eventually(() => expect(sink.ids).toContain('new'))
      await settled(stopped)
      const times = Object.groupBy(sink.ids, (id) => id)
      const twice = events.filter((id) => times[id]?.length === 2)
      process.stdout.write(
        `redis: stopped for longer than its lease, ${events.length} events, ${twice.length} sent twice\n`,
      )
      expect(events.filter((id) => times[id] === undefined || times[id].length > 2)).toEqual([])
      // what was under way, and nothing else
      expect(twice.length).toBeLessThanOrEqual(10)
    },
  )

  test('Redis is killed: 503 with a time to come back and not ready, and all resumes by itself', async () => {
    await using redis = await redisServer({ appendfsync: 'always' })
    await using sink = await receiver({ remember: 'ids' })
    sink.hold()
    const args = ['--store', redis.storeUrl()]
    await using millrace = await startMillrace({ manifests: broker() + trigger('t', sink.url), args })
    const events = ids('e', 20)
    await acceptAll(
      brokerUrl(millrace),
      events.map((id) => ({ id })),
    )
    await redis.kill()
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(503))
    expectRefusal(await post(brokerUrl(millrace), { id: 'refused' }))
    const { text } = await exchange('GET', `${millrace.admin}/readyz`)
    expect(JSON.parse(text)).toMatchObject({ reasons: [expect.stringContaining('store unavailable')] })
    // outcomes wait for the store
    sink.release()
    await eventually(() => expect(new Set(sink.taken).size).toBe(events.length))
    await redis.start()
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await settled(millrace)
    expect(sink.ids.toSorted()).toEqual(events.toSorted())
    expect((await post(brokerUrl(millrace), { id: 'later' })).status).toBe(202)
  })

  test('a server that throws events away, or lacks what is asked for, is refused at the start: exit 1', async () => {
    await using redis = await redisServer({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    const serve = ['serve', '--listen', ':0', '--admin', ':0', '--store', redis.storeUrl()]
    const evicts = await runCli(serve)
    expect(evicts.stderr).toMatch(
      /maxmemory-policy is allkeys-lru, .* set it to noeviction, or add eviction=allowed/,
    )
    expect(evicts.code).toBe(1)
    await redis.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    const syncs = await runCli([...serve, '--redis-sync'])
    expect(syncs.stderr).toMatch(/has no WAITAOF, which --redis-sync needs|keeps no append-only file/)
    expect(syncs.code).toBe(1)
  })

  test('--redis-wait: a replica that does not answer is a 503 with a time to come back, and not ready', async () => {
    const [port = 0] = await freePorts(1)
    await using redis = await redisServer({ port, args: ['--repl-diskless-sync-delay', '0'] })
    await using replica = await redisServer({ args: ['--replicaof', `127.0.0.1 ${port}`] })
    await using sink = await receiver({ remember: 'ids' })
    await eventually(async () =>
      expect(await replica.ask('INFO', 'replication')).toContain('master_link_status:up'),
    )
    const args = ['--store', redis.storeUrl()]
    const env = { MILLRACE_REDIS_WAIT: '1' }
    await using millrace = await startMillrace({ manifests: broker() + trigger('t', sink.url), args, env })
    expect(millrace.stderr).toMatch(/a 202 means: .* of 1 replica that is waited for/)
    // a replica that has just come has not answered yet
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await acceptAll(brokerUrl(millrace), [{ id: 'first' }])
    replica.signal('SIGSTOP')
    expectRefusal(await post(brokerUrl(millrace), { id: 'refused' }))
    const { text } = await exchange('GET', `${millrace.admin}/readyz`)
    expect(JSON.parse(text)).toMatchObject({
      reasons: [expect.stringMatching(/store unconfirmed: 0 of 1 replicas had what was written/)],
    })
    replica.signal('SIGCONT')
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await acceptAll(brokerUrl(millrace), [{ id: 'last' }])
    await settled(millrace)
    expect(sink.ids).toEqual(['first', 'last'])
  })

  test('what a 202 means is said at the start, and a password is not', async () => {
    await using redis = await redisServer({ appendfsync: 'everysec' })
    const args = ['--store', redis.storeUrl().replace('redis+unix://', 'redis+unix://default:s3cr3t@')]
    await redis.ask('CONFIG', 'SET', 'requirepass', 's3cr3t')
    await using millrace = await startMillrace({ manifests: broker(), args })
    expect(millrace.stderr).toMatch(/a 202 means: .* synced every second/)
    const { text } = await exchange('GET', `${millrace.admin}/api/server`)
    expect(millrace.stderr + text).not.toContain('s3cr3t')
  })
})
