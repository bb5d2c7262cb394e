import kafkajs, {
  type ICustomPartitioner,
  type Kafka,
  type Message,
  type RecordMetadata,
  type RetryOptions,
  type TopicMessages,
} from 'kafkajs'
import type { KafkaConnection, Producer } from './kafka-client.ts'
import { KafkaError } from './kafka-error.ts'
import { kafkaError } from './kafkajs-error.ts'

/** A producer that is connected. */
export async function openProducer(
  kafka: Kafka,
  { brokers }: KafkaConnection,
  retry: RetryOptions,
): Promise<Producer> {
  const chosen = new WeakMap<Message, number>()
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    retry,
    createPartitioner: () => steadyPartitioner(chosen),
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
        const acknowledged = await producer.sendBatch({ acks: -1, topicMessages })
        const left = unacknowledged(topicMessages, chosen, acknowledged)
        if (left !== undefined)
          throw new KafkaError(
            'other',
            `Kafka at ${brokers.join(', ')} has not acknowledged what went to ${left}`,
          )
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
function steadyPartitioner(chosen: WeakMap<Message, number>): ReturnType<ICustomPartitioner> {
  const choose = kafkajs.Partitioners.DefaultPartitioner()
  return (args) => {
    const partition = chosen.get(args.message) ?? choose(args)
    chosen.set(args.message, partition)
    return partition
  }
}

/**
 * A partition that was written to and that no broker has answered for. kafkajs leaves out of a request, and says
 * nothing: partitions that its metadata no longer have, and those whose leader became, between two tries, a broker
 * that has answered for others already.
 */
function unacknowledged(
  topicMessages: readonly TopicMessages[],
  chosen: WeakMap<Message, number>,
  acknowledged: readonly RecordMetadata[],
): string | undefined {
  const answered = new Set(acknowledged.map(({ topicName, partition }) => `${topicName}/${partition}`))
  return topicMessages
    .flatMap(({ topic, messages }) => messages.map((message) => `${topic}/${chosen.get(message)}`))
    .find((partition) => !answered.has(partition))
}
