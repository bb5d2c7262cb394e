import {
  defineSink,
  type OpenSink,
  type SinkContext,
  type SinkEvent,
  type SinkFailure,
} from '@millrace/source-sdk'
import type { KafkaClientFactory, OutgoingRecord, Producer } from '../client/kafka-client.ts'
import { kafkaJsClient } from '../client/kafkajs-client.ts'
import { chunksOf } from './chunks.ts'
import { failureOf } from './failure.ts'
import { kafkaSinkKind, TOPIC_READY, type KafkaSinkSpec } from './kind.ts'
import { secretConnection } from './secret-connection.ts'
import { toRecord } from './to-record.ts'

/** Where a manifest does not say how many replicas a topic has, the cluster does. */
const replicationOfCluster = -1

export const sink = defineSink<KafkaSinkSpec>({
  kind: kafkaSinkKind,
  open: (context) => new KafkaSink(context, kafkaJsClient),
})

/** One KafkaSink: a producer that is made when it is needed, and anew after whatever went wrong with it. */
class KafkaSink implements OpenSink {
  readonly #context: SinkContext<KafkaSinkSpec>
  readonly #connect: () => ReturnType<KafkaClientFactory>
  #producer: Promise<Producer> | undefined

  constructor(context: SinkContext<KafkaSinkSpec>, factory: KafkaClientFactory) {
    const connection = secretConnection(context)
    this.#context = context
    this.#connect = () => factory(connection)
  }

  async check(): Promise<SinkFailure | undefined> {
    const { topic, numPartitions, replicationFactor = replicationOfCluster } = this.#context.spec
    const client = this.#connect()
    try {
      let partitions = await partitionsOf()
      if (partitions === undefined && numPartitions !== undefined) {
        // another process may have made it just now
        const making = client.createTopic(topic, numPartitions, replicationFactor)
        const failed = await making.then(() => undefined, failureOf)
        partitions = await partitionsOf()
        if (partitions === undefined && failed !== undefined)
          return { ...failed, message: `the topic ${topic} cannot be made: ${failed.message}` }
      }
      this.#context.status.set({ partitions })
      return partitions === undefined ? this.#missing() : undefined
    } catch (err) {
      return failureOf(err)
    } finally {
      await client.close()
    }

    async function partitionsOf(): Promise<number | undefined> {
      return (await client.partitions([topic])).get(topic)
    }
  }

  async send(events: readonly SinkEvent[]): Promise<readonly (SinkFailure | undefined)[]> {
    const { topic, contentMode } = this.#context.spec
    const outcomes: (SinkFailure | undefined)[] = []
    let failed: SinkFailure | undefined
    for (const chunk of chunksOf(events.map((event) => toRecord(event, topic, contentMode)))) {
      // where one has failed, what comes behind it would overtake it
      if (failed === undefined) outcomes.push(...(await this.#sendChunk(chunk)))
      else outcomes.push(...chunk.map(() => failed))
      failed ??= outcomes.find((outcome) => outcome !== undefined && outcome.kind !== 'refused')
    }
    return outcomes
  }

  async close(): Promise<void> {
    await this.#dropProducer()
  }

  /** What Kafka refuses of several is looked for by halves, so that one bad record takes none along. */
  async #sendChunk(records: readonly OutgoingRecord[]): Promise<readonly (SinkFailure | undefined)[]> {
    const failure = await this.#produce(records)
    if (failure?.kind !== 'refused' || records.length === 1) return records.map(() => failure)
    const half = Math.ceil(records.length / 2)
    const first = await this.#sendChunk(records.slice(0, half))
    return [...first, ...(await this.#sendChunk(records.slice(half)))]
  }

  async #produce(records: readonly OutgoingRecord[]): Promise<SinkFailure | undefined> {
    try {
      this.#producer ??= this.#connect().producer()
      const producer = await this.#producer
      await producer.send(records)
      return undefined
    } catch (err) {
      // nobody knows how far it came, and the numbers that it gave to records would be given to others:
      // Kafka would take those for repetitions
      await this.#dropProducer()
      const failure = failureOf(err)
      return failure.reason === 'TopicMissing' ? this.#missing() : failure
    }
  }

  async #dropProducer(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    await producer?.then((made) => made.close()).catch(() => undefined)
  }

  #missing(): SinkFailure {
    const { topic, bootstrapServers, numPartitions } = this.#context.spec
    const where = `the topic ${topic} is not there at ${bootstrapServers.join(', ')}`
    const message =
      numPartitions === undefined
        ? `${where}: create it, or set numPartitions, so that it is created; what is sent to it waits`
        : `${where} yet`
    return { kind: 'unready', condition: TOPIC_READY, reason: 'TopicMissing', message }
  }
}
