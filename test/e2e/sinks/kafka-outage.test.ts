import {
  eventually,
  kafkaBroker,
  kafkaMissing,
  startMillrace,
  type KafkaBroker,
  type Millrace,
} from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deadLetters, settled } from '../fixture/admin.ts'
import { idsIn, kafkaSink, recordsOf, toKafka } from '../fixture/kafka-sink.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, Producers } from '../fixture/producing.ts'
import { sourceStatus } from '../fixture/sources.ts'

const timeout = 180_000
/** More than an outage lasts: it is retried until Kafka is there. */
const patient = { retry: 100, backoffPolicy: 'linear', backoffDelay: 'PT0.2S' }
const keys = ids('k', 5)

async function unreachable(millrace: Millrace): Promise<void> {
  await eventually(
    async () => {
      const { conditions } = await sourceStatus(millrace, 'KafkaSink', 'k')
      expect(conditions).toContainEqual(
        expect.objectContaining({
          type: 'ConnectionEstablished',
          status: 'False',
          reason: 'AddressUnreachable',
        }),
      )
    },
    { timeoutMs: 60_000 },
  )
}

describe.skipIf(kafkaMissing !== undefined)('a KafkaSink', () => {
  let kafka: KafkaBroker

  beforeAll(async () => {
    kafka = await kafkaBroker()
  }, timeout)
  afterAll(() => kafka?.[Symbol.asyncDispose]())

  test('whose Kafka is not there at the start sends when it is', { timeout }, async () => {
    const topic = await kafka.topics.create(2)
    await kafka.kill()
    await using millrace = await startMillrace({
      manifests:
        broker() + trigger('t', toKafka('k'), { delivery: patient }) + kafkaSink('k', topic, kafka.plain),
    })
    await acceptAll(
      brokerUrl(millrace),
      ids('before', 50).map((id) => ({ id })),
    )
    await unreachable(millrace)
    await kafka.start()
    await settled(millrace, { timeoutMs: 60_000 })
    expect((await idsIn(kafka.topics, topic)).toSorted()).toEqual(ids('before', 50).toSorted())
    expect(await deadLetters(millrace)).toEqual([])
  })

  test('of one key the order is kept, over kill -9 of Millrace and of Kafka', { timeout }, async () => {
    const topic = await kafka.topics.create(3)
    await using millrace = await startMillrace({
      manifests:
        broker() +
        trigger('t', toKafka('k'), {
          delivery: patient,
          annotations: { 'millrace.dev/ordered-by': 'partitionkey' },
        }) +
        kafkaSink('k', topic, kafka.plain),
    })
    // one producer for each key: it sends the next when the last is accepted
    const producers = keys.map(
      (key) =>
        new Producers(
          () => brokerUrl(millrace),
          (n) => ({ id: `${key}-${n}`, partitionkey: key }),
          1,
        ),
    )
    const accepted = () => producers.reduce((sum, each) => sum + each.accepted.size, 0)
    const more = (count: number) => {
      const target = accepted() + count
      return eventually(() => expect(accepted()).toBeGreaterThan(target), { timeoutMs: 60_000 })
    }
    await more(100)
    await millrace.restart()
    await more(100)
    await kafka.kill()
    await more(100)
    await unreachable(millrace)
    await kafka.start()
    await more(100)
    await millrace.restart()
    await Promise.all(producers.map((each) => each.stop()))
    await settled(millrace, { timeoutMs: 60_000 })

    expect(await deadLetters(millrace)).toEqual([])
    // quiet while it was away
    const lines = millrace.stderr.split('\n')
    expect(lines.filter((line) => line.includes('a condition of a sink has changed')).length).toBeLessThan(20)
    expect(lines.filter((line) => line.includes('delivery.attempted')).length).toBeLessThan(20)

    const records = await recordsOf(kafka.topics, topic)
    for (const [index, key] of keys.entries()) {
      const found = records.filter((record) => String(record.key) === key)
      const first = [...new Set(found.map(({ headers }) => headers['ce_id'] ?? ''))]
      expect(new Set(found.map(({ partition }) => partition)).size).toBe(1)
      expect(first).toEqual(first.toSorted((left, right) => numberOf(left) - numberOf(right)))
      expect([...producers[index]!.accepted].filter((id) => !first.includes(id))).toEqual([])
    }
  })
})

function numberOf(id: string): number {
  return Number(id.split('-').at(-1))
}
