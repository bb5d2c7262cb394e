import { eventually, redisMissing, watchedRedis } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { redisStorage } from '../src/index.ts'

describe.skipIf(redisMissing !== undefined)(`Redis behind Sentinels ${redisMissing ?? ''}`, () => {
  test(
    'the primary is killed: the store goes on with the replica, and what was lost is counted',
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
        for (let n = 0; n < 500; n += 1) await put(`before ${n}`)
        await watched.servers[0]!.kill()
        await eventually(() => storage.health.kind === 'unavailable')
        await eventually(() => storage.health.kind === 'ok', { timeoutMs: 60_000 })
        for (let n = 0; n < 100; n += 1) await put(`after ${n}`)
        const [result] = await storage.claim([{ route, max: 10_000, maxBytes: 100_000_000 }])
        const there = new Set(result!.leases.map(({ record }) => Buffer.from(record ?? []).toString()))
        const lost = [...stored].filter((name) => !there.has(name))
        process.stdout.write(`redis: failover, ${stored.size} stored, ${lost.length} lost\n`)
        expect(stored.size).toBeGreaterThan(500)
        // replication is asynchronous: what it had not sent when it died, and nothing else
        expect(lost.filter((name) => name.startsWith('after'))).toEqual([])
        expect(lost.length).toBeLessThan(50)
      } finally {
        await storage.close()
      }
    },
  )
})
