import { eventually, kafkaMissing, receiver, sharedKafka, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { kafkaSource } from '../fixture/kafka.ts'
import { sourceStatus } from '../fixture/sources.ts'

const patient = { timeoutMs: 60_000 }

test.skipIf(kafkaMissing !== undefined)(
  'a topic that was deleted and made again begins anew: what stands at the same offsets is stored, and once',
  { timeout: 180_000 },
  async () => {
    const kafka = await sharedKafka()
    await using sink = await receiver()
    const topic = await kafka.topics.create()
    const told: string[] = []
    async function tell(...values: readonly string[]): Promise<void> {
      told.push(...values)
      // one by one, so that a crash has something to read again
      for (const value of values)
        await eventually(() => kafka.topics.write(topic, [{ value }]).then(() => true), patient)
    }
    async function again(): Promise<void> {
      const admin = await kafka.topics.admin()
      await admin.deleteTopics({ topics: [topic] })
      await eventually(() => kafka.topics.create(1, topic).then(() => true), patient)
      // a producer that knows the old one is of no use
      await kafka.topics.close()
    }
    async function arrived(): Promise<void> {
      await sink.received(told.length, patient)
      expect(sink.requests.map(({ body }) => String(body))).toEqual(told)
    }

    await tell('a', 'b', 'c')
    await using millrace = await startMillrace({
      manifests: kafkaSource('s', { bootstrapServers: [kafka.plain], topics: [topic], sink: sink.url }),
    })
    await arrived()

    // while nobody looks
    await millrace.kill()
    await again()
    await tell('d', 'e')
    await millrace.start()
    await arrived()

    // while it reads
    await again()
    await tell('f')
    await arrived()
    await millrace.restart()
    await tell('g')
    await arrived()
    await eventually(
      async () =>
        expect(await sourceStatus(millrace, 'KafkaSource', 's')).toMatchObject({
          lag: 0,
          positions: [{ offset: 2 }],
        }),
      patient,
    )
  },
)
