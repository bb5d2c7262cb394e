import {
  eventually,
  receiver,
  redisMissing,
  redisServer,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { admin, settled } from '../fixture/admin.ts'
import { broker, document, trigger } from '../fixture/manifests.ts'

const ticks = 12
const kills = 3

describe.skipIf(redisMissing !== undefined)(
  `a schedule of several processes on one Redis ${redisMissing ?? ''}`,
  () => {
    test(
      'each tick is stored once, and none is missing, whichever process is killed',
      { timeout: 120_000 },
      async () => {
        await using redis = await redisServer()
        await using sink = await receiver()
        const manifests = [
          broker('default', { annotations: { 'millrace.dev/archive': 'PT1H' } }),
          trigger('t', sink.url),
          document({
            apiVersion: 'sources.knative.dev/v1',
            kind: 'PingSource',
            metadata: { name: 'clock', annotations: { 'millrace.dev/missed-ticks': 'all' } },
            spec: {
              schedule: '* * * * * *',
              contentType: 'application/json',
              data: '{}',
              sink: { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'default' } },
            },
          }),
        ].join('')
        const servers: Millrace[] = []
        await using fleet = new AsyncDisposableStack()
        for (let n = 0; n < 3; n += 1)
          servers.push(fleet.use(await startMillrace({ manifests, args: ['--store', redis.storeUrl()] })))
        const seen = (): Map<string, string> =>
          new Map(sink.requests.map(({ headers }) => [String(headers['ce-time']), String(headers['ce-id'])]))
        for (let kill = 0; kill < kills; kill += 1) {
          const before = seen().size
          await eventually(() => seen().size >= before + ticks / kills, { timeoutMs: 30_000 })
          const one = servers[kill % servers.length]
          await one?.kill()
          if (kill < kills - 1) await one?.start()
        }
        const alive = servers[0]!
        await settled(alive)
        const all = seen()
        const seconds = [...all.keys()].map((time) => Date.parse(time) / 1_000).toSorted((a, b) => a - b)
        const [first = 0, last = 0] = [seconds[0], seconds.at(-1)]
        let stored = 0
        for (const id of all.values()) {
          const { items } = await admin<{ items: object[] }>(alive, `/api/events?id=${id}`)
          stored += items.length
        }
        process.stdout.write(
          `redis: a schedule in 3 processes, ${kills} kills, ${last - first + 1} ticks due, ${seconds.length} delivered, ${stored} stored\n`,
        )
        expect(seconds).toEqual(Array.from({ length: last - first + 1 }, (_, n) => first + n))
        expect(stored).toBe(seconds.length)
        expect(new Set(all.values()).size).toBe(seconds.length)
      },
    )
  },
)
