import kafkajs, { type ICustomPartitioner, type Kafka, type Message, type RetryOptions } from 'kafkajs'
import type { KafkaConnection, Producer } from './kafka-client.ts'
import { kafkaError } from './kafkajs-error.ts'

/** A producer that is connected. */
export async function openProducer(
  kafka: Kafka,
  { brokers }: KafkaConnection,
  retry: RetryOptions,
): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    retry,
    createPartitioner: steadyPartitioner,
  })
  try {
    await producer.connect()
  } catch (err) {
    await producer.disconnect().catch(() => undefined)
    throw kafkaError(err, brokers)
  }
  return {
    async send(records) {
      const byTopic = Map.groupBy(records, ({ topic }) => topic)
      const topicMessages = [...byTopic].map(([topic, group]) => ({
        topic,
        messages: group.map(({ key, value, headers }) => ({
          key: key === null ? null : Buffer.from(key),
          value: value === null ? null : Buffer.from(value),
          headers: Object.fromEntries(headers),
        })),
      }))
      try {
        await producer.sendBatch({ acks: -1, topicMessages })
      } catch (err) {
        throw kafkaError(err, brokers)
      }
    },
    close: () => producer.disconnect().catch(() => undefined),
  }
}

/**
 * A message that is sent again goes to the partition where it went before. kafkajs would choose anew, and Kafka
 * take what lands under the number of another message for that one's repetition.
 */
function steadyPartitioner(): ReturnType<ICustomPartitioner> {
  const choose = kafkajs.Partitioners.DefaultPartitioner()
  const chosen = new WeakMap<Message, number>()
  return (args) => {
    const partition = chosen.get(args.message) ?? choose(args)
    chosen.set(args.message, partition)
    return partition
  }
}
