import {
  Admin,
  Consumer,
  Producer,
  type BaseOptions,
  type Message,
  type MessagesStream,
} from '@platformatic/kafka'
import type {
  KafkaClient,
  KafkaConnection,
  Member,
  Membership,
  Place,
  Position,
  TopicPartition,
} from '../../src/client/kafka-client.ts'
import { KafkaError, type KafkaFault } from '../../src/client/kafka-error.ts'
import type { KafkaRecord } from '../../src/record/kafka-record.ts'

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>
const earliest = -2n
const latest = -1n

/**
 * The same interface on @platformatic/kafka 2: that another client can stand behind it. For tests; its errors are
 * told apart as far as conformance asks.
 */
export function platformaticClient(connection: KafkaConnection): KafkaClient {
  const options = optionsOf(connection)
  const explain = (err: unknown) => explained(err, connection)
  let made: Admin | undefined

  async function asking<Result>(ask: (admin: Admin) => Promise<Result>): Promise<Result> {
    try {
      made ??= new Admin(options)
      return await ask(made)
    } catch (err) {
      throw explain(err)
    }
  }

  async function partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return asking(async (admin) => {
      const there = new Set(await admin.listTopics())
      const known = topics.filter((topic) => there.has(topic))
      if (known.length === 0) return new Map()
      const metadata = await admin.metadata({ topics: known, forceUpdate: true })
      return new Map(known.map((topic) => [topic, metadata.topics.get(topic)?.partitionsCount ?? 0]))
    })
  }

  async function offsets(topic: string, place: Place): Promise<readonly Position[]> {
    const count = (await partitions([topic])).get(topic) ?? 0
    const at = async (timestamp: bigint) => {
      const all = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }))
      const [found] = await asking((admin) =>
        admin.listOffsets({ topics: [{ name: topic, partitions: all }] }),
      )
      return (found?.partitions ?? []).map(({ partitionIndex, offset }) => ({
        topic,
        partition: partitionIndex,
        offset: Number(offset),
      }))
    }
    if (place === 'earliest') return at(earliest)
    const ends = await at(latest)
    if (place === 'latest') return ends
    return (await at(BigInt(place))).map((each) =>
      each.offset >= 0 ? each : (ends.find(({ partition }) => partition === each.partition) ?? each),
    )
  }

  return {
    partitions,
    offsets,
    async committed(group, topics) {
      const counts = await partitions(topics)
      const asked = [...counts].map(([name, count]) => ({
        name,
        partitionIndexes: Array.from({ length: count }, (_, each) => each),
      }))
      const [found] = await asking((admin) =>
        admin.listConsumerGroupOffsets({ groups: [{ groupId: group, topics: asked }] }),
      )
      return (found?.topics ?? []).flatMap((topic) =>
        topic.partitions
          .filter(({ committedOffset }) => committedOffset >= 0n)
          .map(({ partitionIndex, committedOffset }) => ({
            topic: topic.name,
            partition: partitionIndex,
            offset: Number(committedOffset),
          })),
      )
    },
    commit: (group, positions) =>
      asking((admin) =>
        admin.alterConsumerGroupOffsets({
          groupId: group,
          topics: [...Map.groupBy(positions, ({ topic }) => topic)].map(([name, of]) => ({
            name,
            partitionOffsets: of.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) })),
          })),
        }),
      ),
    members: (group) =>
      asking(
        async (admin) => (await admin.describeGroups({ groups: [group] })).get(group)?.members.size ?? 0,
      ),
    async join(membership) {
      const member = new PlatformaticMember(options, membership, explain)
      try {
        await member.join()
      } catch (err) {
        await member.leave()
        throw explain(err)
      }
      return member
    },
    createTopic: (topic, count, replicas) =>
      asking(async (admin) => {
        await admin.createTopics({ topics: [topic], partitions: count, replicas })
      }),
    async producer() {
      const producer = new Producer({ ...options, idempotent: true, autocreateTopics: false })
      return {
        async send(records) {
          try {
            await producer.send({
              acks: -1,
              messages: records.map(({ topic, key, value, headers }) => ({
                topic,
                ...(key !== null && { key: Buffer.from(key) }),
                ...(value !== null && { value: Buffer.from(value) }),
                headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
              })),
            })
          } catch (err) {
            throw explain(err)
          }
        },
        close: () => producer.close(true).catch(() => undefined),
      }
    },
    async close() {
      await made?.close().catch(() => undefined)
    },
  }
}

function optionsOf({ brokers, clientId, sasl, tls }: KafkaConnection): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    retries: 3,
    retryDelay: 200,
    connectTimeout: 5_000,
    ...(tls !== undefined && { tls: { ...tls } }),
    ...(sasl !== undefined && { sasl }),
  }
}

class PlatformaticMember implements Member {
  readonly #consumer: Consumer
  readonly #membership: Membership
  readonly #explain: (err: unknown) => Error
  /** The assignment in force has its positions; what stands before them is not read. */
  #ready: Promise<readonly Position[]> = Promise.resolve([])
  #stream: Stream | undefined
  #closed = false

  constructor(options: BaseOptions, membership: Membership, explain: (err: unknown) => Error) {
    this.#membership = membership
    this.#explain = explain
    this.#consumer = new Consumer({
      ...options,
      groupId: membership.group,
      sessionTimeout: 10_000,
      heartbeatInterval: 2_000,
      maxWaitTime: 500,
      metadataMaxAge: 10_000,
      autocommit: false,
      isolationLevel: 1,
    })
  }

  async join(): Promise<void> {
    this.#consumer.on('consumer:group:join', ({ assignments = [] }) => {
      const partitions: TopicPartition[] = assignments.flatMap(({ topic, partitions: numbers }) =>
        numbers.map((partition) => ({ topic, partition })),
      )
      this.#ready = this.#membership.assigned(partitions, this)
      this.#ready.catch((err: unknown) => this.#failed(err))
      if (this.#stream !== undefined) void this.#begin().catch((err: unknown) => this.#failed(err))
    })
    this.#consumer.on('consumer:group:rebalance', () => void this.#membership.leaving(this))
    await this.#begin()
  }

  /** A stream of the assignment in force: what another one has fetched is dropped with it. */
  async #begin(): Promise<void> {
    const before = this.#stream
    const stream = await this.#consumer.consume({
      topics: [...this.#membership.topics],
      mode: 'committed',
      fallbackMode: 'earliest',
    })
    this.#stream = stream
    void this.#read(stream).catch((err: unknown) => {
      if (stream === this.#stream) this.#failed(err)
    })
    await before?.close()
  }

  async #read(stream: Stream): Promise<void> {
    for await (const first of stream) {
      const messages = [first]
      for (let next; (next = stream.read() as typeof first | null) !== null;) messages.push(next)
      const ready = this.#ready
      const begin = await ready
      if (stream !== this.#stream || ready !== this.#ready) return
      const reads = [...Map.groupBy(messages, ({ topic, partition }) => `${topic}/${partition}`).values()]
      await Promise.all(reads.map((of) => this.#handOver(of, begin)))
    }
  }

  async #handOver(messages: readonly Message[], begin: readonly Position[]): Promise<void> {
    const { topic, partition } = messages[0]!
    const from = begin.find((each) => each.topic === topic && each.partition === partition)?.offset ?? 0
    const records = messages.map(recordOf).filter(({ offset }) => offset >= from)
    const next = (records.at(-1)?.offset ?? -1) + 1
    if (records.length > 0) await this.#membership.read({ topic, partition, records, next, end: next })
  }

  async commit(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return
    try {
      await this.#consumer.commit({
        offsets: positions.map(({ offset, ...at }) => ({ ...at, offset: BigInt(offset), leaderEpoch: -1 })),
      })
    } catch (err) {
      throw this.#explain(err)
    }
  }

  async leave(): Promise<void> {
    this.#closed = true
    await this.#stream?.close().catch(() => undefined)
    await this.#consumer.close(true).catch(() => undefined)
  }

  #failed(err: unknown): void {
    if (!this.#closed) this.#membership.failed(this.#explain(err))
  }
}

function recordOf(message: Message): KafkaRecord {
  const { topic, partition, offset, timestamp, key, value, headerEntries } = message
  return {
    topic,
    partition,
    offset: Number(offset),
    timestampMs: Number(timestamp),
    key: (key as Buffer | undefined) ?? null,
    value: (value as Buffer | undefined) ?? null,
    headers: headerEntries.map(([name, text]) => [String(name), text] as const),
  }
}

function explained(err: unknown, { brokers }: KafkaConnection): KafkaError {
  if (err instanceof KafkaError) return err
  const texts: string[] = []
  function collect(each: unknown): void {
    if (!(each instanceof Error)) return
    const { code, apiId } = each as { readonly code?: string; readonly apiId?: string }
    texts.push(`${code ?? ''} ${apiId ?? ''} ${each.message}`)
    collect(each.cause)
    if (each instanceof AggregateError) each.errors.forEach(collect)
  }
  collect(err)
  const text = texts.join('; ')
  return new KafkaError(faultOf(text), `Kafka at ${brokers.join(', ')}: ${text}`, err)
}

function faultOf(text: string): KafkaFault {
  if (/PLT_KFK_AUTHENTICATION|SASL/.test(text)) return 'authentication'
  if (/AUTHORIZATION_FAILED/.test(text)) return 'authorization'
  if (/UNKNOWN_TOPIC/.test(text)) return 'topic'
  if (/CERT|SELF_SIGNED|SSL/.test(text)) return 'certificate'
  return /ECONN|ENOTFOUND|PLT_KFK_(NETWORK|TIMEOUT)/.test(text) ? 'address' : 'other'
}
