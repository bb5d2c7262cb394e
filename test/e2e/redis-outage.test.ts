import {
  eventually,
  receiver,
  redisMissing,
  redisServer,
  residentBytes,
  startMillrace,
  type RedisServer,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { settled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { brokerUrl, Producers } from './fixture/producing.ts'

const mebibyte = 1024 * 1024
const data = { text: 'x'.repeat(10_000) }
const producers = 16
/** What one trouble may take beside what the server had: its budgets are 64 MiB each. */
const mostMore = 192 * mebibyte

interface Trouble {
  readonly name: string
  readonly begin: (redis: RedisServer) => Promise<void>
  readonly end: (redis: RedisServer) => Promise<void>
  /** Nothing is refused: it is only slow. */
  readonly isSlow?: boolean
}

const troubles: readonly Trouble[] = [
  { name: 'killed', begin: (redis) => redis.kill(), end: (redis) => redis.start() },
  {
    name: 'read-only',
    begin: async (redis) => void (await redis.ask('REPLICAOF', '127.0.0.1', '1')),
    end: async (redis) => void (await redis.ask('REPLICAOF', 'NO', 'ONE')),
  },
  {
    name: 'out of memory',
    begin: async (redis) => void (await redis.ask('CONFIG', 'SET', 'maxmemory', '1mb')),
    end: async (redis) => void (await redis.ask('CONFIG', 'SET', 'maxmemory', '0')),
  },
  {
    name: 'hanging',
    begin: async (redis) => redis.signal('SIGSTOP'),
    end: async (redis) => redis.signal('SIGCONT'),
  },
  {
    name: 'slow',
    isSlow: true,
    begin: async (redis) => void (await redis.ask('CLIENT', 'PAUSE', '700', 'WRITE')),
    end: async () => undefined,
  },
]

describe.skipIf(redisMissing !== undefined)(
  `Redis in trouble while events flow ${redisMissing ?? ''}`,
  () => {
    test(
      'gone, read-only, out of memory, hanging, slow: refused with 503 meanwhile, nothing accepted is lost, memory stays bounded',
      { timeout: 180_000 },
      async () => {
        await using redis = await redisServer({ appendfsync: 'always' })
        await using sink = await receiver({ remember: 'ids' })
        sink.replyBy(() =>
          Math.random() < 0.2 ? { status: 503 } : { status: 200, delayMs: Math.random() * 20 },
        )
        const delivery = { retry: 1_000, backoffPolicy: 'linear', backoffDelay: 'PT0.05S' }
        const manifests = broker() + trigger('t', sink.url, { delivery })
        await using millrace = await startMillrace({ manifests, args: ['--store', redis.storeUrl()] })
        const flow = new Producers(
          () => brokerUrl(millrace),
          (n) => ({ id: `e-${n}`, data }),
          producers,
        )
        await flow.accept(500)
        const before = await residentBytes(millrace.pid)
        let peak = before
        const figures: string[] = []
        for (const { name, begin, end, isSlow = false } of troubles) {
          const [accepted, refused] = [flow.accepted.size, flow.refused]
          await begin(redis)
          const hasShown = (): boolean =>
            (isSlow ? flow.accepted.size : flow.refused - refused) >= 2 * producers
          await eventually(hasShown, { timeoutMs: 30_000 })
          peak = Math.max(peak, await residentBytes(millrace.pid))
          await end(redis)
          await flow.accept(200, { timeoutMs: 60_000 })
          peak = Math.max(peak, await residentBytes(millrace.pid))
          figures.push(`${name} ${flow.accepted.size - accepted} accepted, ${flow.refused - refused} refused`)
        }
        await flow.stop()
        await settled(millrace)
        const seen = new Set(sink.taken)
        const lost = [...flow.accepted].filter((id) => !seen.has(id))
        process.stdout.write(
          `redis: ${figures.join('; ')}; lost ${lost.length} of ${flow.accepted.size}; ${Math.round(before / mebibyte)} MB resident, at most ${Math.round(peak / mebibyte)}\n`,
        )
        expect(lost).toEqual([])
        expect(peak - before).toBeLessThan(mostMore)
      },
    )
  },
)
