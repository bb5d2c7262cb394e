import {
  eventually,
  kafkaBroker,
  kafkaMissing,
  receiver,
  sharedKafka,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { kafkaSource } from '../fixture/kafka.ts'
import { condition, sourceStatus } from '../fixture/sources.ts'

const patient = { timeoutMs: 60_000 }
/** How long Kafka is away at least, beyond what it takes to notice: 60000 in the long form. */
const goneMs = Number(process.env['KAFKA_GONE_MS'] ?? 0)

function ready(millrace: Millrace, name: string, says: string): Promise<void> {
  return eventually(
    async () => expect(await condition(millrace, 'KafkaSource', name, 'Ready')).toBe(says),
    patient,
  )
}

describe.skipIf(kafkaMissing !== undefined)(
  'KafkaSource recovers without a restart',
  { timeout: 240_000 + goneMs },
  () => {
    test('where Kafka is not there at the start, and goes away for a while: nothing is lost or doubled, the log is quiet', async () => {
      await using kafka = await kafkaBroker()
      await using sink = await receiver({ remember: 'ids' })
      const topic = await kafka.topics.create(2)
      await kafka.topics.write(topic, [{ value: '1' }, { value: '2' }])
      await kafka.kill()
      await using millrace = await startMillrace({
        manifests: kafkaSource('s', { bootstrapServers: [kafka.plain], topics: [topic], sink: sink.url }),
      })
      await ready(millrace, 's', 'False AddressUnreachable')
      await kafka.start()
      await ready(millrace, 's', 'True')
      await sink.received(2, patient)

      await kafka.kill()
      const goneAt = Date.now()
      await ready(millrace, 's', 'False AddressUnreachable')
      await eventually(() => Date.now() - goneAt >= goneMs, { timeoutMs: goneMs + 10_000 })
      expect(await sourceStatus(millrace, 'KafkaSource', 's')).toMatchObject({
        lastFailure: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ AddressUnreachable$/),
      })
      await kafka.start()
      await kafka.topics.write(topic, [{ value: '3' }])
      await sink.received(3, patient)
      await ready(millrace, 's', 'True')
      expect(new Set(sink.ids).size).toBe(3)
      expect(sink.count).toBe(3)
      const lines = millrace.stderr.split('\n').filter((line) => line.includes('"KafkaSource"'))
      // two outages: for each the condition, the error and the run that failed, then the same in reverse
      expect(lines.length).toBeLessThanOrEqual(16)
      expect(millrace.stderr).not.toContain('TimeoutNegativeWarning')
      expect(millrace.stderr).not.toContain('"level":"error"')
    })

    test('where a topic is missing: the others are read, and it is read from its first record when it comes', async () => {
      const kafka = await sharedKafka()
      await using sink = await receiver()
      const [there, missing] = [await kafka.topics.create(), `later-${process.pid}`]
      const spec = { bootstrapServers: [kafka.plain], topics: [there, missing], initialOffset: 'latest' }
      await using millrace = await startMillrace({ manifests: kafkaSource('s', { ...spec, sink: sink.url }) })
      await ready(millrace, 's', 'False TopicMissing')
      const { conditions } = await sourceStatus(millrace, 'KafkaSource', 's')
      expect(conditions.find(({ type }) => type === 'Ready')?.message).toContain(
        `does not have the topic ${missing}`,
      )
      await eventually(
        async () => expect(await sourceStatus(millrace, 'KafkaSource', 's')).toMatchObject({ partitions: 1 }),
        patient,
      )
      await kafka.topics.write(there, [{ value: 'there' }])
      await sink.received(1)
      await kafka.topics.create(1, missing)
      await kafka.topics.write(missing, [{ value: 'first' }])
      await sink.received(2, patient)
      await ready(millrace, 's', 'True')
      expect(sink.requests.map(({ body }) => String(body))).toEqual(['there', 'first'])
    })

    test('where a topic gains partitions: they are read from their first record', async () => {
      const kafka = await sharedKafka()
      await using sink = await receiver()
      const topic = await kafka.topics.create(1)
      await kafka.topics.write(topic, [{ value: 'before' }])
      const spec = { bootstrapServers: [kafka.plain], topics: [topic], initialOffset: 'latest', consumers: 2 }
      await using millrace = await startMillrace({ manifests: kafkaSource('s', { ...spec, sink: sink.url }) })
      await ready(millrace, 's', 'True')
      const admin = await kafka.topics.admin()
      await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
      // a producer that knows the old partitions drops what is for the new ones
      await kafka.topics.close()
      await eventually(
        () => kafka.topics.write(topic, [{ partition: 2, value: 'new' }]).then(() => true),
        patient,
      )
      await sink.received(1, patient)
      expect(sink.requests.map(({ body }) => String(body))).toEqual(['new'])
      await eventually(
        async () =>
          expect(await sourceStatus(millrace, 'KafkaSource', 's')).toMatchObject({ partitions: 3, lag: 0 }),
        patient,
      )
    })
  },
)
