import { kafkaMissing, sharedKafka } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { kafkaJsClient } from '../../src/client/kafkajs-client.ts'

const partitions = 8

function recordsTo(topic: string, value: string) {
  return Array.from({ length: 4 * partitions }, (_, n) => ({
    topic,
    key: Buffer.from(`key-${n}`),
    value: Buffer.from(value),
    headers: [],
  }))
}

test.skipIf(kafkaMissing !== undefined)(
  'records for a partition that went while they were sent do not count as sent',
  { timeout: 120_000 },
  async () => {
    const kafka = await sharedKafka()
    const topic = await kafka.topics.create(partitions)
    const client = kafkaJsClient({ brokers: [kafka.plain], clientId: 'test', log: () => undefined })
    const producer = await client.producer()
    try {
      // it knows all partitions now
      await producer.send(recordsTo(topic, 'before'))
      const admin = await kafka.topics.admin()
      await admin.deleteTopics({ topics: [topic] })
      await kafka.topics.create(1, topic)
      await expect(producer.send(recordsTo(topic, 'after'))).rejects.toMatchObject({
        fault: 'other',
        message: expect.stringContaining('has not acknowledged'),
      })
    } finally {
      await producer.close()
      await client.close()
    }
  },
)
