import { eventually, kafkaMissing, receiver, sharedKafka, startMillrace } from '@millrace/testkit'
import kafkajs from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { kafkaSource } from '../fixture/kafka.ts'
import { sourceStatus } from '../fixture/sources.ts'

const patient = { timeoutMs: 60_000 }
const { Kafka, logLevel } = kafkajs

describe.skipIf(kafkaMissing !== undefined)(
  'KafkaSource reads what others write',
  { timeout: 120_000 },
  () => {
    test('topics that Kafka keeps in gzip, snappy, lz4 and zstd', async () => {
      const kafka = await sharedKafka()
      await using sink = await receiver()
      const topics = ['gzip', 'snappy', 'lz4', 'zstd'].map((each) => `${each}-${process.pid}`)
      // one that is longer than a block of the codecs, and one that is hardly worth it
      const values = ['short', Array.from({ length: 20_000 }, (_, n) => `line ${n}`).join('\n')]
      for (const topic of topics) {
        const configEntries = [{ name: 'compression.type', value: topic.split('-')[0]! }]
        await (await kafka.topics.admin()).createTopics({ topics: [{ topic, configEntries }] })
        for (const value of values) await kafka.topics.write(topic, [{ key: 'k', value }])
      }
      await using millrace = await startMillrace({
        manifests: kafkaSource('s', { bootstrapServers: [kafka.plain], topics, sink: sink.url }),
      })
      await sink.received(8, patient)
      for (const topic of topics) {
        const of = sink.requests.filter(({ headers }) => String(headers['ce-source']).endsWith(`#${topic}`))
        expect(of.map(({ body }) => String(body))).toEqual(values)
      }
      expect(millrace.stderr).not.toContain('"level":"error"')
    })

    test('transactions: what was committed, once; what was aborted is passed, and leaves no lag', async () => {
      const kafka = await sharedKafka()
      await using sink = await receiver()
      const topic = await kafka.topics.create()
      const client = new Kafka({ brokers: [kafka.plain], logLevel: logLevel.NOTHING })
      const producer = client.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 })
      await producer.connect()
      async function transaction(value: string, end: 'commit' | 'abort'): Promise<void> {
        const open = await producer.transaction()
        await open.send({ topic, messages: [{ value }] })
        await open[end]()
      }
      try {
        await transaction('one', 'commit')
        await using millrace = await startMillrace({
          manifests: kafkaSource('s', { bootstrapServers: [kafka.plain], topics: [topic], sink: sink.url }),
        })
        const readTo = (offset: number) =>
          eventually(
            async () =>
              expect(await sourceStatus(millrace, 'KafkaSource', 's')).toMatchObject({
                lag: 0,
                positions: [{ topic, partition: 0, offset, end: offset }],
              }),
            patient,
          )
        // a record and the marker behind it, each time
        await readTo(2)
        await transaction('two', 'abort')
        await readTo(4)
        await millrace.restart()
        await transaction('three', 'commit')
        await readTo(6)
        expect(sink.requests.map(({ body }) => String(body))).toEqual(['one', 'three'])
      } finally {
        await producer.disconnect()
      }
    })
  },
)
