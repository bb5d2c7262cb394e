import {
  eventually,
  post,
  receiver,
  redisMissing,
  redisServer,
  startMillrace,
  type Millrace,
  type Receiver,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { broker, trigger } from './fixture/manifests.ts'
import { ids } from './fixture/producing.ts'

const keys = 20
const perKey = 25
const kills = 3
const patient = { retry: 500, backoffPolicy: 'linear', backoffDelay: 'PT0.005S' }
const ordered = { delivery: patient, annotations: { 'millrace.dev/ordered-by': 'partitionkey' } }

function manifestsFor(sink: Receiver): string {
  sink.replyBy(() => (Math.random() < 0.2 ? 503 : 200))
  return broker() + trigger('ordered', sink.url, ordered)
}

/** Posts the events of one key one after the other, each until it is accepted, to whichever server answers. */
async function produce(key: string, servers: readonly Millrace[]): Promise<void> {
  for (const [n, id] of ids(key, perKey).entries())
    await eventually(
      async () => {
        const { ingress } = servers[n % servers.length]!
        const answer = await post(`${ingress}/default/default`, { id, partitionkey: key })
        expect(answer.status).toBe(202)
      },
      { timeoutMs: 60_000 },
    )
}

/** Kills one server after the other in the midst of it, and compares what the sink has taken with what was accepted. */
async function keepsOrder(servers: readonly Millrace[], sink: Receiver): Promise<void> {
  const produced = Promise.all(ids('k', keys).map((key) => produce(key, servers)))
  for (let n = 1; n <= kills; n += 1) {
    await eventually(() => expect(sink.taken.length).toBeGreaterThan((n * keys * perKey) / (kills + 2)), {
      timeoutMs: 60_000,
    })
    const one = servers[n % servers.length]!
    await one.kill()
    await one.start()
  }
  await produced
  await eventually(() => expect(new Set(sink.taken).size).toBe(keys * perKey), { timeoutMs: 60_000 })
  const first = [...new Set(sink.taken)]
  for (const key of ids('k', keys))
    expect(first.filter((id) => id.startsWith(`${key}-`))).toEqual(ids(key, perKey))
}

describe('per key the first successes come in the order of acceptance, over kill -9 and failures', () => {
  test('on the embedded store', { timeout: 180_000 }, async () => {
    await using sink = await receiver({ remember: 'ids' })
    await using millrace = await startMillrace({ manifests: manifestsFor(sink) })
    await keepsOrder([millrace], sink)
  })

  test.skipIf(redisMissing !== undefined)('by two processes on one Redis', { timeout: 180_000 }, async () => {
    await using redis = await redisServer({ appendfsync: 'always' })
    await using sink = await receiver({ remember: 'ids' })
    const options = { manifests: manifestsFor(sink), args: ['--store', redis.storeUrl()] }
    await using one = await startMillrace(options)
    await using two = await startMillrace(options)
    await keepsOrder([one, two], sink)
  })
})
