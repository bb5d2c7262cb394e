import { eventually, redisMissing, watchedRedis } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { redisStorage } from '../src/index.ts'

describe.skipIf(redisMissing !== undefined)(`Redis behind Sentinels ${redisMissing ?? ''}`, () => {
  test(
    'the primary is killed while events flow: the store goes on with the replica, and what was lost is counted',
    { timeout: 120_000 },
    async () => {
      await using watched = await watchedRedis()
      const storage = await redisStorage({ url: watched.storeUrl(), stallMs: 1_000 })
      try {
        const { durability } = await storage.info()
        expect(durability).toContain('1 replica, not waited for')
        const route = [...(await storage.routes.register(['r'])).values()][0]!
        const stored = new Set<string>()
        const put = async (name: string): Promise<void> => {
          const to = [{ route, lease: false }]
          const [result] = await storage.append([{ owner: '/default/o', record: Buffer.from(name), to }])
          if (result?.kind === 'stored') stored.add(name)
        }
        const stop = new AbortController()
        let [when, refused] = ['before', 0]
        const produce = async (producer: number): Promise<void> => {
          for (let n = 0; !stop.signal.aborted; n += 1) {
            const before = stored.size
            await put(`${when} ${producer} ${n}`)
            if (stored.size > before) continue
            refused += 1
            await eventually(() => storage.health.kind === 'ok' || stop.signal.aborted, { timeoutMs: 60_000 })
          }
        }
        const producing = [1, 2, 3, 4].map(produce)
        await eventually(() => stored.size >= 500)
        await watched.servers[0]!.kill()
        await eventually(() => storage.health.kind === 'unavailable')
        await eventually(() => storage.health.kind === 'ok', { timeoutMs: 60_000 })
        when = 'after'
        const atOnce = stored.size
        await eventually(() => stored.size >= atOnce + 100)
        stop.abort()
        await Promise.all(producing)
        const [result] = await storage.claim([{ route, max: 1_000_000, maxBytes: 1_000_000_000 }])
        const there = new Set(result!.leases.map(({ record }) => Buffer.from(record ?? []).toString()))
        const lost = [...stored].filter((name) => !there.has(name))
        process.stdout.write(
          `redis: failover, ${stored.size} stored, ${refused} refused, ${lost.length} lost\n`,
        )
        expect(stored.size).toBeGreaterThan(500)
        // replication is asynchronous: what it had not sent when it died, and nothing else
        expect(lost.filter((name) => name.startsWith('after'))).toEqual([])
        expect(lost.length).toBeLessThan(50)
        const end = new AbortController()
        const working = storage.jobs.work(async (held) => held.save({ done: 1 }), end.signal)
        await storage.jobs.add({ id: 'after-failover', kind: 'k', input: {} })
        await eventually(async () => (await storage.jobs.get('after-failover'))?.state === 'done')
        end.abort()
        await working
      } finally {
        await storage.close()
      }
    },
  )
})
