import type { PubSub } from '@google-cloud/pubsub'
import {
  eventually,
  exchange,
  googleMissing,
  pubSubFake,
  startMillrace,
  type Millrace,
  type PubSubFake,
} from '@millrace/testkit'
import { expect, test } from 'vitest'
import { counted } from './accounts.ts'
import { cloudPubSubSource, ownSubscription, project, pubSubClient } from '../e2e/fixture/pubsub.ts'
import { condition } from '../e2e/fixture/sources.ts'

const messages = Number(process.env['CHAOS_MESSAGES'] ?? 2_000)
const batch = 100
const topic = 'orders'

const flow = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: shop }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: kept, annotations: { millrace.dev/paused: 'true' } }
spec: { broker: shop, subscriber: { uri: 'http://127.0.0.1:9/' } }
`
const source = cloudPubSubSource('orders', {
  topic,
  project,
  ackDeadline: '10s',
  sink: { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'shop' } },
})

test.skipIf(googleMissing !== undefined)(
  `${messages} messages with lost acknowledgements and redeliveries, a kill -9 of the server and one of Pub/Sub: none is lost, each is stored once ${googleMissing ?? ''}`,
  { timeout: 120_000 + messages * 20 },
  async () => {
    await using fake = await pubSubFake()
    await using client = closing(pubSubClient(fake))
    await client.pubsub.createTopic(topic)
    const env = { PUBSUB_EMULATOR_HOST: fake.host }
    await using millrace = await startMillrace({
      env,
      manifests: { 'flow.yaml': flow, 'source.yaml': source },
    })
    await ready(millrace)
    await fake.faults({ lossy: 0.1, again: 0.1 })
    const published: string[] = []
    const publishing = publish(client.pubsub, published)
    await eventually(async () => (await stored(millrace)).length > messages / 5, { timeoutMs: 60_000 })
    await millrace.restart()
    await eventually(async () => (await stored(millrace)).length > messages / 2, { timeoutMs: 60_000 })
    const before = await fake.counters(ownSubscription('orders'))
    await fake.kill()
    await fake.start()
    await fake.faults({ lossy: 0.1, again: 0.1 })
    await publishing
    await eventually(async () => new Set(await stored(millrace)).size >= published.length, {
      timeoutMs: 60_000 + messages * 5,
    })
    // and all of them are acknowledged in the end
    await fake.faults({})
    await eventually(() => nothingLeft(fake), { timeoutMs: 60_000 })

    const after = await fake.counters(ownSubscription('orders'))
    const found = counted(await stored(millrace))
    const lost = published.filter((id) => !found.has(id)).length
    const twice = [...found.values()].filter((times) => times > 1).length
    const delivered = before.delivered + after.delivered
    process.stdout.write(
      `pubsub: published ${published.length}, delivered ${delivered}, nacked ${before.nacked + after.nacked}, lost ${lost}, stored twice ${twice}\n`,
    )
    expect(published.length).toBeGreaterThanOrEqual(messages)
    expect(delivered).toBeGreaterThan(published.length)
    expect(lost).toBe(0)
    expect(twice).toBe(0)
    expect(found.size).toBe(published.length)
  },
)

function closing(pubsub: PubSub): { readonly pubsub: PubSub } & AsyncDisposable {
  return { pubsub, [Symbol.asyncDispose]: () => pubsub.close() }
}

async function ready(millrace: Millrace): Promise<void> {
  await eventually(
    async () => expect(await condition(millrace, 'cloudpubsubsource', 'orders', 'Ready')).toBe('True'),
    { timeoutMs: 20_000 },
  )
}

/** Publishes all, batch by batch; the client tries again while Pub/Sub is away, and what it says is published is. */
async function publish(pubsub: PubSub, published: string[]): Promise<void> {
  const to = pubsub.topic(topic)
  for (let sent = 0; sent < messages; sent += batch) {
    const ids = await Promise.all(
      Array.from({ length: Math.min(batch, messages - sent) }, (_, index) =>
        to.publishMessage({ data: Buffer.from(JSON.stringify({ n: sent + index })) }),
      ),
    )
    published.push(...ids)
  }
}

/** The ids of the events that wait, each as often as it does: the trigger is paused. */
async function stored(millrace: Millrace): Promise<string[]> {
  const ids: string[] = []
  let after = ''
  for (;;) {
    const page = await exchange('GET', `${millrace.admin}/api/deliveries?limit=1000${after}`)
    const { items, next } = JSON.parse(page.text) as { items: { event: { id: string } }[]; next?: string }
    ids.push(...items.map(({ event }) => event.id))
    if (next === undefined) return ids
    after = `&after=${encodeURIComponent(next)}`
  }
}

async function nothingLeft(fake: PubSubFake): Promise<boolean> {
  await fake.expire()
  const before = await fake.counters(ownSubscription('orders'))
  const after = await fake.counters(ownSubscription('orders'))
  return after.outstanding === 0 && after.delivered === before.delivered
}
