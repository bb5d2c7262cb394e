import { storageConformance } from '@millrace/storage/conformance'
import { eventually, redisCluster, redisMissing } from '@millrace/testkit'
import type { RedisCluster } from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisStorage } from '../src/index.ts'
import { redisHarness } from './redis-harness.ts'

describe.skipIf(redisMissing !== undefined)(`a cluster of three nodes ${redisMissing ?? ''}`, () => {
  let cluster: RedisCluster
  beforeAll(async () => void (cluster = await redisCluster()), 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  /** The node that has a store's slot, for what tests do behind the store's back. */
  const onNode = {
    storeUrl: (name: string) => cluster.storeUrl(name),
    ask: async (...words: readonly (string | number)[]) => {
      const key = words.find((word) => String(word).startsWith('m:{'))
      return cluster.nodes[await cluster.ownerOf(String(key))]!.ask(...words)
    },
  }
  storageConformance(
    'Redis',
    redisHarness(() => onNode, 4),
  )

  test('its slot moves to another node while events flow: appends are refused for a while, nothing is lost', async () => {
    const storage = await redisStorage({ url: cluster.storeUrl('moves') })
    try {
      const route = [...(await storage.routes.register(['r'])).values()][0]!
      const stored = new Set<string>()
      let refused = 0
      const moved = new AbortController()
      async function produce(prefix: string): Promise<void> {
        for (let n = 0; !moved.signal.aborted; n += 1) {
          const name = `${prefix}${n}`
          const to = [{ route, lease: n % 2 === 0 }]
          const [result] = await storage.append([{ owner: '/default/o', record: Buffer.from(name), to }])
          if (result?.kind === 'refused') {
            refused += 1
            await eventually(() => storage.health.kind === 'ok')
          }
          if (result?.kind !== 'stored') continue
          stored.add(name)
          if (n % 3 > 0) continue
          for (const lease of result.leases)
            await storage.settle([{ lease, outcome: { kind: 'retry', due: 1 } }])
        }
      }
      const producers = ['a', 'b', 'c'].map(produce)
      await eventually(() => stored.size > 300)
      const from = await cluster.ownerOf('m:{moves}:')
      await cluster.move('m:{moves}:', (from + 1) % 3)
      const before = stored.size
      await eventually(() => stored.size > before + 50)
      moved.abort()
      await Promise.all(producers)
      await storage.close()
      const after = await redisStorage({ url: cluster.storeUrl('moves') })
      await after.routes.register(['r'])
      const [result] = await after.claim([{ route, max: 1_000_000, maxBytes: 1_000_000_000 }])
      const there = result!.leases.map(({ record }) => Buffer.from(record ?? []).toString())
      await after.close()
      process.stdout.write(
        `redis: a slot moved, ${stored.size} stored, ${refused} refused, ${there.length} there\n`,
      )
      expect(there.toSorted()).toEqual([...stored].toSorted())
      expect(await cluster.ownerOf('m:{moves}:')).toBe((from + 1) % 3)
    } finally {
      await storage.close()
    }
  })
})
