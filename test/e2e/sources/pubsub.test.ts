import {
  eventually,
  googleMissing,
  pubSubFake,
  receiver,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { cloudPubSubSource, ownSubscription, project, pubSubClient } from '../fixture/pubsub.ts'
import { excuseFromDiskFaults, startOnFaultyDisk } from '../fixture/faulty-disk.ts'
import { condition, sourceStatus } from '../fixture/sources.ts'

const excuse = googleMissing ?? (await excuseFromDiskFaults())
const topic = 'orders'
const inHandAtMost = 100

async function ready(millrace: Millrace): Promise<void> {
  await eventually(
    async () => expect(await condition(millrace, 'cloudpubsubsource', 'orders', 'Ready')).toBe('True'),
    { timeoutMs: 20_000 },
  )
}

async function publish(client: ReturnType<typeof pubSubClient>, count: number): Promise<string[]> {
  const to = client.topic(topic)
  return Promise.all(
    Array.from({ length: count }, (_, n) => to.publishMessage({ data: Buffer.from(`${n}`) })),
  )
}

describe.skipIf(excuse !== undefined)(`while the store refuses ${excuse ?? ''}`, () => {
  test(
    'what is outstanding stays within flow control, and nothing is acknowledged before it is stored',
    { timeout: 90_000 },
    async () => {
      await using fake = await pubSubFake()
      await using sink = await receiver({ remember: 'ids' })
      const client = pubSubClient(fake)
      await client.createTopic(topic)
      const source = cloudPubSubSource('orders', {
        topic,
        project,
        ackDeadline: '10s',
        sink: { uri: sink.url },
      })
      await using at = await startOnFaultyDisk(source, { PUBSUB_EMULATOR_HOST: fake.host })
      const { millrace, fault } = at
      await ready(millrace)
      await fault.set('disk-full')
      const ids = await publish(client, 500)
      const counters = () => fake.counters(ownSubscription('orders'))
      await eventually(async () => expect((await counters()).outstanding).toBe(inHandAtMost))
      // deadlines of ten seconds are extended, again and again, and nothing comes twice
      await eventually(async () => expect((await counters()).extended).toBeGreaterThan(2 * inHandAtMost), {
        timeoutMs: 40_000,
      })
      expect(await counters()).toMatchObject({
        acked: 0,
        nacked: 0,
        delivered: inHandAtMost,
        mostOutstanding: inHandAtMost,
      })
      expect(sink.ids).toEqual([])
      await fault.set('none')
      await eventually(() => expect(new Set(sink.ids)).toEqual(new Set(ids)), { timeoutMs: 30_000 })
      await eventually(async () => expect(await counters()).toMatchObject({ acked: 500, outstanding: 0 }))
      expect((await counters()).mostOutstanding).toBe(inHandAtMost)
      await client.close()
    },
  )
})

describe.skipIf(googleMissing !== undefined)(`CloudPubSubSource ${googleMissing ?? ''}`, () => {
  test(
    'a topic that comes late, a restart, and the end of the manifest: the subscription comes, stays and goes',
    { timeout: 90_000 },
    async () => {
      await using fake = await pubSubFake()
      await using sink = await receiver()
      // whoever asks Google's metadata address asks here
      await using metadata = await receiver()
      const client = pubSubClient(fake)
      const source = (name: string, annotations: object = {}) =>
        cloudPubSubSource(name, { topic, project, sink: { uri: sink.url } }, annotations)
      await using millrace = await startMillrace({
        env: {
          PUBSUB_EMULATOR_HOST: fake.host,
          GCE_METADATA_HOST: new URL(metadata.url).host,
          METADATA_SERVER_DETECTION: undefined,
        },
        manifests: {
          'orders.yaml': source('orders'),
          'kept.yaml': source('kept', { 'millrace.dev/keep': 'true' }),
          'theirs.yaml': source('theirs', { 'millrace.dev/subscription': 'theirs' }),
        },
      })
      const conditions = async () => (await sourceStatus(millrace, 'cloudpubsubsource', 'orders')).conditions
      await eventually(
        async () =>
          expect(await conditions()).toContainEqual(
            expect.objectContaining({
              type: 'TopicReady',
              status: 'False',
              reason: 'TopicNotFound',
              message: expect.stringContaining(
                `gcloud pubsub topics create ${topic} --project=${project}`,
              ) as string,
            }),
          ),
        { timeoutMs: 20_000 },
      )
      await client.createTopic(topic)
      await client.topic(topic).createSubscription('theirs')
      // it is looked for again every 15 seconds
      await eventually(
        async () => expect(await condition(millrace, 'cloudpubsubsource', 'orders', 'Ready')).toBe('True'),
        { timeoutMs: 40_000 },
      )
      await eventually(
        async () => expect(await condition(millrace, 'cloudpubsubsource', 'theirs', 'Ready')).toBe('True'),
        { timeoutMs: 40_000 },
      )
      const subscriptions = async () =>
        (await client.getSubscriptions())[0].map(({ name }) => name).toSorted()
      const all = ['kept', 'orders'].map(ownSubscription)
      const theirs = `projects/${project}/subscriptions/theirs`
      await eventually(async () => expect(await subscriptions()).toEqual([...all, theirs].toSorted()))

      // what comes while no server runs is there when it is back
      await millrace.stop()
      expect(await subscriptions()).toEqual([...all, theirs].toSorted())
      const ids = await publish(client, 5)
      await millrace.start()
      await eventually(() => expect(new Set(sink.ids)).toEqual(new Set(ids)), { timeoutMs: 40_000 })

      for (const file of ['orders.yaml', 'kept.yaml', 'theirs.yaml']) await millrace.write(file, '')
      await eventually(async () => expect(await subscriptions()).toEqual([ownSubscription('kept'), theirs]), {
        timeoutMs: 15_000,
      })
      expect(metadata.requests).toEqual([])
      await client.close()
    },
  )
})
