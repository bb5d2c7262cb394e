import { redisMissing, redisServer } from '@millrace/testkit'
import type { RedisServer } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { redisStorage } from '../src/index.ts'

const mebibyte = 1024 * 1024
const kibibyte = 1024

async function usedBytes(server: RedisServer): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await server.ask('INFO', 'memory'))?.[1])
}

describe.skipIf(redisMissing !== undefined)(`the memory of Redis ${redisMissing ?? ''}`, () => {
  test(
    'grows with events, not with events times routes: 1,000 routes, 900 of which hang, events of 64 KiB',
    { timeout: 120_000 },
    async () => {
      await using server = await redisServer()
      const storage = await redisStorage({ url: server.storeUrl() })
      const numbers = await storage.routes.register(Array.from({ length: 1_000 }, (_, n) => `r${n}`))
      const routes = [...numbers.values()]
      const before = await usedBytes(server)
      const events = 60
      const bytes = 64 * kibibyte
      for (let n = 0; n < events; n += 1) {
        const to = routes.map((route) => ({ route, lease: true }))
        const [result] = await storage.append([{ owner: '/default/o', record: new Uint8Array(bytes), to }])
        const leases = result?.kind === 'stored' ? result.leases : []
        expect(leases).toHaveLength(routes.length)
        // a hundred are done, the others hang until their attempts fail
        await storage.settle(leases.slice(0, 100).map((lease) => ({ lease, outcome: { kind: 'done' } })))
        const attempt = { n: 1, at: 1, ms: 1 }
        const outcome = { kind: 'retry', due: 4_102_444_800_000 } as const
        if (n % 2 === 0) await storage.settle(leases.slice(100).map((lease) => ({ lease, outcome, attempt })))
      }
      const used = (await usedBytes(server)) - before
      const waiting = (events / 2) * 900
      process.stdout.write(
        `redis: ${events} events of ${bytes / kibibyte} KiB for 1,000 routes take ${(used / mebibyte).toFixed(1)} MiB, of which records ${((events * bytes) / mebibyte).toFixed(1)}; ${Math.round((used - events * bytes) / waiting)} bytes for each of ${waiting} deliveries that wait\n`,
      )
      // stored once for each route it would be 3.5 GiB
      expect(used).toBeLessThan(events * bytes + waiting * kibibyte)
      await storage.close()
    },
  )

  test('an event that waits for one route takes so much more than its record', async () => {
    await using server = await redisServer()
    const storage = await redisStorage({ url: server.storeUrl() })
    const [route] = [...(await storage.routes.register(['r'])).values()]
    const before = await usedBytes(server)
    const record = new Uint8Array(kibibyte)
    const items = (lease: boolean) =>
      Array.from({ length: 2_000 }, () => ({ owner: '/default/o', record, to: [{ route: route!, lease }] }))
    await storage.append(items(true))
    const inLog = ((await usedBytes(server)) - before) / 2_000 - kibibyte
    const between = await usedBytes(server)
    await storage.append(items(false))
    const outside = ((await usedBytes(server)) - between) / 2_000 - kibibyte
    process.stdout.write(
      `redis: beside its record of 1 KiB an event takes ${Math.round(inLog)} bytes in a log, ${Math.round(outside)} where it waits\n`,
    )
    expect(inLog).toBeLessThan(kibibyte)
    expect(outside).toBeLessThan(2 * kibibyte)
    await storage.close()
  })
})
