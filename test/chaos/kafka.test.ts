import {
  eventually,
  kafkaBroker,
  kafkaMissing,
  receiver,
  startMillrace,
  type KafkaBroker,
} from '@millrace/testkit'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { kafkaSource } from '../e2e/fixture/kafka.ts'
import { condition } from '../e2e/fixture/sources.ts'

const records = Number(process.env['CHAOS_RECORDS'] ?? 5_000)
const partitions = 8
const group = 'chaos'
const patient = { timeoutMs: 120_000 }
const timeout = 60_000 + records * 12

/** A member of somebody else's joins the group and leaves it again: all partitions are dealt anew, twice. */
async function rebalance(kafka: KafkaBroker, topic: string): Promise<void> {
  const { Kafka, logLevel } = kafkajs
  const client = new Kafka({ brokers: [kafka.plain], logLevel: logLevel.NOTHING })
  const stranger = client.consumer({ groupId: group, maxWaitTimeInMs: 100 })
  const joined = Promise.withResolvers<void>()
  stranger.on(stranger.events.GROUP_JOIN, ({ payload }) => {
    if (Object.values(payload.memberAssignment).flat().length > 0) joined.resolve()
  })
  await stranger.connect()
  await stranger.subscribe({ topic })
  await stranger.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined })
  await joined.promise
  await stranger.disconnect()
}

test.skipIf(kafkaMissing !== undefined)(
  'a kill -9, a rebalance and a restart of Kafka lose nothing, store nothing twice, and keep the order of each partition',
  { timeout },
  async () => {
    await using kafka = await kafkaBroker()
    const topic = await kafka.topics.create(partitions)
    let written = 0
    /** A quarter of the records, which are still being read when it resolves. */
    async function writeQuarter(): Promise<void> {
      const until = written + records / 4
      for (; written < until; written += 250)
        await kafka.topics.write(
          topic,
          Array.from({ length: 250 }, (_, n) => ({ key: `key-${written + n}`, value: `${written + n}` })),
        )
    }

    await using sink = await receiver({ remember: 'ids' })
    /** Offsets of each partition, in the order of the attempts. */
    const attempts = new Map<number, number[]>()
    const delivered = new Map<string, number>()
    let asked = 0
    sink.replyBy(({ headers }) => {
      const [partition, offset] = [
        Number(headers['ce-knativekafkapartition']),
        Number(headers['ce-knativekafkaoffset']),
      ]
      attempts.set(partition, [...(attempts.get(partition) ?? []), offset])
      asked += 1
      if (asked % 100 === 0) return 503
      const id = `${partition}/${offset}`
      delivered.set(id, (delivered.get(id) ?? 0) + 1)
      return 200
    })
    const spec = {
      bootstrapServers: [kafka.plain],
      topics: [topic],
      consumerGroup: group,
      consumers: 2,
      delivery: { retry: 20, backoffPolicy: 'linear', backoffDelay: 'PT0.005S' },
    }
    await using millrace = await startMillrace({ manifests: kafkaSource('s', { ...spec, sink: sink.url }) })

    const arrived = (count: number) =>
      eventually(() => expect(delivered.size).toBeGreaterThanOrEqual(count), { timeoutMs: timeout })
    await writeQuarter()
    await arrived(1)
    await millrace.kill()
    await millrace.start()
    await writeQuarter()
    await arrived(records / 4 + 1)
    await rebalance(kafka, topic)
    await writeQuarter()
    await arrived(records / 2 + 1)
    await kafka.kill()
    await kafka.start()
    await writeQuarter()
    await arrived(records)
    await eventually(
      async () => expect(await condition(millrace, 'KafkaSource', 's', 'Ready')).toBe('True'),
      patient,
    )

    const ends = await (await kafka.topics.admin()).fetchTopicOffsets(topic)
    const all = ends.flatMap(({ partition, high }) =>
      Array.from({ length: Number(high) }, (_, offset) => `${partition}/${offset}`),
    )
    expect(all).toHaveLength(records)
    expect(all.filter((id) => !delivered.has(id))).toEqual([])
    // only what was out at the kill -9 may have been delivered twice, one of each partition
    const twice = [...delivered].filter(([, times]) => times > 1)
    expect(twice.length).toBeLessThanOrEqual(partitions)
    for (const [partition, offsets] of attempts)
      expect([partition, offsets]).toEqual([partition, offsets.toSorted((left, right) => left - right)])
    // every position is committed in the end
    await eventually(async () => {
      const [of] = await (await kafka.topics.admin()).fetchOffsets({ groupId: group, topics: [topic] })
      const committed = of?.partitions.reduce((sum, { offset }) => sum + Number(offset), 0)
      expect(committed).toBe(records)
    }, patient)
  },
)
