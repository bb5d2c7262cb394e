import kafkajs, {
  type Consumer,
  type EachBatchPayload,
  type IHeaders,
  type Kafka,
  type KafkaConfig,
  type KafkaMessage,
} from 'kafkajs'
import type { KafkaRecord } from '../record/kafka-record.ts'
import type {
  KafkaClient,
  KafkaConnection,
  Member,
  Membership,
  Place,
  Position,
  TopicPartition,
} from './kafka-client.ts'
import { kafkaError } from './kafkajs-error.ts'
import { addCodecs } from './kafkajs-codecs.ts'
import { openProducer } from './kafkajs-producer.ts'
import { quietTimers } from './kafkajs-timing.ts'

addCodecs()
quietTimers()

/** A dead member's partitions are somebody else's after so long. */
const sessionMs = 10_000
const heartbeatMs = 2_000
/** An idle fetch ends after so long, and with it the wait of who leaves. */
const fetchWaitMs = 500
/** New partitions are seen after so long. */
const metadataMs = 10_000
const partitionBytes = 1024 * 1024
const retry = { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000 }
/** A coordinator that is not there yet comes within seconds. */
const joinRetry = { ...retry, retries: 8, restartOnFailure: async () => false }
const mostPartitionsAtOnce = 16

/** A client on kafkajs 2. */
export function kafkaJsClient(connection: KafkaConnection): KafkaClient {
  const kafka = new kafkajs.Kafka(configOf(connection))
  const admin = kafka.admin({ retry })
  let connected: Promise<void> | undefined

  /** Admin calls share one connection, made when the first needs it. */
  async function asking<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      connected ??= admin.connect()
      await connected
      return await ask()
    } catch (err) {
      connected = undefined
      throw kafkaError(err, connection.brokers)
    }
  }

  return {
    partitions: (topics) =>
      asking(async () => {
        // asked for all: to ask for one that is not there is an error
        const there = new Set(await admin.listTopics())
        const known = topics.filter((topic) => there.has(topic))
        if (known.length === 0) return new Map()
        const { topics: found } = await admin.fetchTopicMetadata({ topics: known })
        return new Map(found.map(({ name, partitions }) => [name, partitions.length]))
      }),
    offsets: (topic, place) => asking(() => offsetsAt(admin, topic, place)),
    committed: (group, topics) =>
      asking(async () => {
        const found = await admin.fetchOffsets({ groupId: group, topics: [...topics] })
        return found.flatMap(({ topic, partitions }) =>
          partitions
            .map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }))
            .filter(({ offset }) => offset >= 0),
        )
      }),
    async commit(group, positions) {
      const topics = [...new Set(positions.map(({ topic }) => topic))]
      const joined = Promise.withResolvers<Member>()
      const member = await joinGroup(kafka, connection, {
        group,
        topics,
        assigned: async (_, self) => {
          joined.resolve(self)
          return []
        },
        read: async () => undefined,
        leaving: async () => undefined,
        failed: joined.reject,
      })
      try {
        await joined.promise
        await member.commit(positions)
      } finally {
        await member.leave()
      }
    },
    members: (group) =>
      asking(async () => {
        const { groups } = await admin.describeGroups([group])
        return groups[0]?.members.length ?? 0
      }),
    join: (membership) => joinGroup(kafka, connection, membership),
    createTopic: (topic, partitions, replicationFactor) =>
      asking(async () => {
        await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor }] })
      }),
    producer: () => openProducer(kafka, connection, retry),
    async close() {
      await connected?.catch(() => undefined)
      await admin.disconnect().catch(() => undefined)
    },
  }
}

function configOf({ brokers, clientId, sasl, tls, log }: KafkaConnection): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId,
    retry,
    connectionTimeout: 5_000,
    ...(tls !== undefined && { ssl: { ...tls } }),
    ...(sasl !== undefined && { sasl: saslOf(sasl) }),
    logLevel: kafkajs.logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, log: { message, ...fields } }) =>
        log(message, { client: namespace, ...fields }),
  }
}

function saslOf({ mechanism, username, password }: NonNullable<KafkaConnection['sasl']>) {
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism: 'plain' as const, username, password }
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256' as const, username, password }
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512' as const, username, password }
  }
}

async function offsetsAt(
  admin: ReturnType<Kafka['admin']>,
  topic: string,
  place: Place,
): Promise<Position[]> {
  const found =
    typeof place === 'number'
      ? await admin.fetchTopicOffsetsByTimestamp(topic, place)
      : (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
          partition,
          offset: place === 'earliest' ? low : high,
        }))
  return found.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }))
}

async function joinGroup(
  kafka: Kafka,
  { brokers }: KafkaConnection,
  membership: Membership,
): Promise<Member> {
  const consumer = kafka.consumer({
    groupId: membership.group,
    sessionTimeout: sessionMs,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: fetchWaitMs,
    metadataMaxAge: metadataMs,
    maxBytesPerPartition: partitionBytes,
    allowAutoTopicCreation: false,
    // whoever runs it begins anew, and says why
    retry: joinRetry,
  })
  const member = new KafkaJsMember(consumer, membership, (err) => kafkaError(err, brokers))
  try {
    await consumer.connect()
    // where the position is no longer there: from the first record that is
    await consumer.subscribe({ topics: [...membership.topics], fromBeginning: true })
    await member.run()
  } catch (err) {
    await consumer.disconnect().catch(() => undefined)
    throw kafkaError(err, brokers)
  }
  return member
}

/** Where a batch stands, as kafkajs tells of it. */
interface BatchPlace extends TopicPartition {
  readonly lastOffset: string
  readonly highWatermark: string
}

class KafkaJsMember implements Member {
  readonly #consumer: Consumer
  readonly #membership: Membership
  readonly #explain: (err: unknown) => Error
  /** The assignment in force has its positions. */
  #ready: Promise<void> = Promise.resolve()

  constructor(consumer: Consumer, membership: Membership, explain: (err: unknown) => Error) {
    this.#consumer = consumer
    this.#membership = membership
    this.#explain = explain
  }

  async run(): Promise<void> {
    const { GROUP_JOIN, CRASH, START_BATCH_PROCESS } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment))
    this.#consumer.on(CRASH, ({ payload }) => this.#membership.failed(this.#explain(payload.error)))
    // what holds no record for readers is not handed over, and passed
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) void this.#pass(payload)
    })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: mostPartitionsAtOnce,
      eachBatch: (payload) => this.#handOver(payload),
    })
  }

  async #handOver(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages, highWatermark } = payload.batch
    const heartbeat = () => payload.heartbeat()
    try {
      await meanwhile(heartbeat, this.#ready)
      if (payload.isStale() || !payload.isRunning()) return
      const records = messages.map((message) => recordOf(topic, partition, message))
      const last = payload.batch.lastOffset()
      // it is read once: what is done with it is committed later
      payload.resolveOffset(last)
      const fetched = { topic, partition, records, next: Number(last) + 1, end: Number(highWatermark) }
      await meanwhile(heartbeat, this.#membership.read(fetched))
    } catch (err) {
      await this.#membership.leaving(this)
      throw err
    }
  }

  async #pass({ topic, partition, lastOffset, highWatermark }: BatchPlace): Promise<void> {
    const ready = this.#ready
    // where it fails the membership has been told
    await ready.catch(() => undefined)
    if (ready !== this.#ready) return
    const [next, end] = [Number(lastOffset) + 1, Number(highWatermark)]
    await this.#membership.read({ topic, partition, records: [], next, end })
  }

  async commit(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return
    try {
      await this.#consumer.commitOffsets(
        positions.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
      )
    } catch (err) {
      throw this.#explain(err)
    }
  }

  async leave(): Promise<void> {
    await this.#consumer.disconnect().catch(() => undefined)
  }

  #joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    const partitions: TopicPartition[] = Object.entries(assignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    )
    this.#ready = this.#begin(partitions)
    this.#ready.catch((err: unknown) => this.#membership.failed(this.#explain(err)))
  }

  async #begin(partitions: readonly TopicPartition[]): Promise<void> {
    // the first join is told of before the consumer counts as running, and commits
    await new Promise(setImmediate)
    for (const { topic, partition, offset } of await this.#membership.assigned(partitions, this))
      this.#consumer.seek({ topic, partition, offset: String(offset) })
  }
}

/** Waits for work, and stays in the group: rejects where it is to be joined anew. */
async function meanwhile(heartbeat: () => Promise<void>, work: Promise<void>): Promise<void> {
  let beating: NodeJS.Timeout | undefined
  const lost = new Promise<never>((_, reject) => {
    beating = setInterval(() => void heartbeat().catch(reject), heartbeatMs / 2)
  })
  try {
    await Promise.race([work, lost])
  } finally {
    clearInterval(beating)
  }
}

function recordOf(topic: string, partition: number, message: KafkaMessage): KafkaRecord {
  const { offset, timestamp, key, value, headers } = message
  return {
    topic,
    partition,
    offset: Number(offset),
    timestampMs: Number(timestamp),
    key,
    // a copy: a view would keep the whole response alive for as long as the event waits in memory
    value: value === null ? null : Buffer.from(value),
    headers: headers === undefined ? noHeaders : headersOf(headers),
  }
}

/** Most records have none. */
const noHeaders: KafkaRecord['headers'] = []

function headersOf(headers: IHeaders): KafkaRecord['headers'] {
  const found: (readonly [string, Uint8Array])[] = []
  for (const name in headers) {
    const values = headers[name]
    for (const each of Array.isArray(values) ? values : [values])
      found.push([name, typeof each === 'string' ? Buffer.from(each) : (each ?? new Uint8Array(0))])
  }
  return found.length === 0 ? noHeaders : found
}
