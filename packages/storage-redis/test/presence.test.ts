import type { Lease, Storage } from '@millrace/storage'
import { eventually, faultProxy, freePorts, latch, redisMissing, redisServer } from '@millrace/testkit'
import type { RedisServer } from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openRedis } from '../src/redis-storage.ts'
import type { RedisStorageOptions } from '../src/index.ts'

const never = 3_600_000

describe.skipIf(redisMissing !== undefined)(`processes on one Redis ${redisMissing ?? ''}`, () => {
  let server: RedisServer
  let stores = 0
  beforeAll(async () => void (server = await redisServer()))
  afterAll(() => server[Symbol.asyncDispose]())

  function fresh(): string {
    return `p${(stores += 1)}`
  }

  async function open(
    name: string,
    options: Partial<RedisStorageOptions> = {},
    death?: AbortSignal,
  ): Promise<Storage> {
    const url = server.storeUrl(name)
    const storage = await openRedis({ url, renewMs: never, ...options }, death === undefined ? {} : { death })
    onTestFinished(() => storage.close())
    return storage
  }

  async function route(storage: Storage, ...ids: readonly string[]): Promise<number> {
    return [...(await storage.routes.register(ids)).values()][0] ?? 0
  }

  function event(name: string, to: { route: number; lease: boolean }) {
    return { owner: '/default/o', record: Buffer.from(name), to: [to] }
  }

  test('what a dead process held is claimed by another once its time is over, with one interruption', async () => {
    const name = fresh()
    const death = new AbortController()
    const first = await open(name, { aliveMs: 300 }, death.signal)
    const number = await route(first, 'r')
    const second = await open(name)
    await route(second, 'r')
    await first.append([event('in the log', { route: number, lease: true })])
    await first.append([event('claimed', { route: number, lease: false })])
    await first.claim([{ route: number, max: 1, maxBytes: 100 }])
    const woken = new Promise((resolve) => void second.subscribe({ wake: resolve }))
    death.abort()
    await eventually(async () => {
      await second.renew()
      expect(await second.members()).toHaveLength(1)
    })
    expect(await woken).toBe('all')
    const [result] = await second.claim([{ route: number, max: 9, maxBytes: 1_000 }])
    expect(result?.leases).toMatchObject([
      { interruptions: 1, attempts: 0 },
      { interruptions: 1, attempts: 0 },
    ])
  })

  test('what a process held that died alone is counted by the next one, before it can take over', async () => {
    const name = fresh()
    const death = new AbortController()
    const first = await open(name, {}, death.signal)
    const number = await route(first, 'r')
    await first.append([event('held', { route: number, lease: true })])
    await first.renew()
    death.abort()
    const next = await open(name)
    await route(next, 'r')
    expect(await next.members()).toHaveLength(2)
    expect(await next.stats()).toMatchObject([{ route: number, unsettled: 1 }])
  })

  test('one that was taken for dead is fenced: its settles are stale, its appends refused once, and it goes on', async () => {
    const name = fresh()
    const slow = await open(name, { aliveMs: 50 })
    const number = await route(slow, 'r')
    const [result] = await slow.append([event('e', { route: number, lease: true })])
    const lease = result?.kind === 'stored' ? result.leases[0] : undefined
    const [second] = await slow.append([event('f', { route: number, lease: true })])
    const other = await open(name)
    await route(other, 'r')
    await eventually(async () => {
      await other.renew()
      expect(await other.members()).toHaveLength(1)
    })
    expect(slow.holds()).toBe(false)
    const lost: Lease[] = []
    slow.subscribe({ lost: (leases) => void lost.push(...leases) })
    const attempt = { n: 1, at: 1, ms: 1 }
    const retry = { lease: lease!, outcome: { kind: 'retry', due: 1 }, attempt } as const
    expect(await slow.settle([retry])).toEqual([{ kind: 'stale' }])
    expect(await slow.settle([{ lease: lease!, outcome: { kind: 'done' } }])).toEqual([{ kind: 'stale' }])
    await eventually(async () =>
      expect(await slow.append([event('later', { route: number, lease: false })])).toMatchObject([
        { kind: 'stored' },
      ]),
    )
    await eventually(async () => expect(await other.members()).toHaveLength(2))
    // that of what was being settled is known to be over by its answer
    expect(lost).toEqual(second?.kind === 'stored' ? second.leases : [])
    const [claimed] = await other.claim([{ route: number, max: 9, maxBytes: 1_000 }])
    expect(claimed?.leases.map(({ record }) => Buffer.from(record ?? []).toString())).toEqual([
      'e',
      'f',
      'later',
    ])
    expect(claimed?.leases[0]).toMatchObject({ attempts: 0 })
  })

  test('what waits is said to the others, who may have room for it', async () => {
    const name = fresh()
    const [one, two] = [await open(name), await open(name)]
    const number = await route(one, 'r')
    await route(two, 'r')
    await eventually(async () => expect(await one.members()).toHaveLength(2))
    const heard = latch(1)
    two.subscribe({
      wake: (routes) => {
        if (routes !== 'all' && routes.includes(number)) heard.countDown()
      },
    })
    await one.renew()
    await one.append([event('e', { route: number, lease: false })])
    await heard.open
    const [result] = await two.claim([{ route: number, max: 1, maxBytes: 100 }])
    expect(result?.leases).toHaveLength(1)
  })

  test('who came while the connection was away is seen when it is back', async () => {
    const [port = 0] = await freePorts(1)
    await using apart = await redisServer({ port })
    await using line = await faultProxy({ port })
    const one = await open('', { url: `redis://127.0.0.1:${line.port}` })
    const seen: (readonly string[])[] = []
    one.subscribe({ members: (members) => void seen.push(members.map(({ id }) => id)) })
    line.cut()
    await eventually(() => one.health.kind === 'unavailable')
    const two = await open('', { url: apart.storeUrl() })
    line.mend()
    await eventually(() => expect(seen.at(-1)).toEqual([one.member, two.member]))
    await Promise.all([one.close(), two.close()])
  })

  test('a process claims nothing of a route that its own topology lacks; an orphan is what none has', async () => {
    const name = fresh()
    const [one, two] = [await open(name), await open(name)]
    const number = await route(one, 'r', 'both')
    await route(two, 'both')
    await one.append([event('e', { route: number, lease: false })])
    const ask = [{ route: number, max: 1, maxBytes: 100 }]
    expect(await two.claim(ask)).toEqual([{ route: number, leases: [], nextDue: undefined }])
    expect((await two.routes.list()).find(({ id }) => id === 'r')?.orphanedSince).toBeUndefined()
    await one.routes.register(['both'])
    expect((await two.routes.list()).find(({ id }) => id === 'r')?.orphanedSince).toBeDefined()
    await two.routes.register(['both', 'r'])
    expect((await two.claim(ask))[0]?.leases).toHaveLength(1)
  })

  test('what only a process had that has gone, or died, is an orphan; the last one leaves none', async () => {
    const name = fresh()
    const death = new AbortController()
    const [one, two] = [await open(name), await open(name, { aliveMs: 300 }, death.signal)]
    await route(one, 'both', 'of one')
    await route(two, 'both', 'of two')
    const three = await open(name)
    await route(three, 'both', 'of three')
    const orphans = async (of: Storage): Promise<string[]> =>
      (await of.routes.list()).filter(({ orphanedSince }) => orphanedSince !== undefined).map(({ id }) => id)
    expect(await orphans(three)).toEqual([])
    await one.close()
    expect(await orphans(three)).toEqual(['of one'])
    death.abort()
    await eventually(async () => {
      await three.renew()
      expect(new Set(await orphans(three))).toEqual(new Set(['of one', 'of two']))
    })
    await three.close()
    expect(new Set(await orphans(await open(name)))).toEqual(new Set(['of one', 'of two']))
  })

  test('two that append at the same time give each event an id of its own', async () => {
    const name = fresh()
    const clock = { now: () => 1_700_000_000_000 }
    const [one, two] = [await open(name, clock), await open(name, clock)]
    const number = await route(one, 'r')
    await route(two, 'r')
    const items = () => Array.from({ length: 200 }, () => event('e', { route: number, lease: false }))
    await Promise.all([one, two].map((storage) => storage.append(items())))
    const { items: listed } = await one.deliveries.list({ limit: 1_000 })
    expect(new Set(listed.map(({ id }) => id)).size).toBe(400)
  })

  test('an idle process sends less than a command a second', async () => {
    const renewals = 10
    const everyMs = 3_000
    const name = fresh()
    const storage = await open(name)
    await route(storage, 'r')
    const commands = async (): Promise<number> =>
      Number(/total_commands_processed:(\d+)/.exec(await server.ask('INFO', 'stats'))?.[1])
    await storage.renew()
    const before = await commands()
    for (let n = 0; n < renewals; n += 1) await storage.renew()
    const sent = (await commands()) - before - 1
    const aSecond = sent / ((renewals * everyMs) / 1_000)
    process.stdout.write(`redis: idle, ${aSecond.toFixed(2)} commands a second for each process\n`)
    expect(aSecond).toBeLessThan(1)
  })
})
