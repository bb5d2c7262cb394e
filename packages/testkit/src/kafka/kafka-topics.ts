import kafkajs, { type Admin, type Consumer, type Kafka, type Message, type Producer } from 'kafkajs'

/** A record as it was read. */
export interface ReadRecord {
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

let made = 0

/** Makes topics, writes and reads them. */
export class KafkaTopics {
  readonly #kafka: Kafka
  #admin: Promise<Admin> | undefined
  #producer: Promise<Producer> | undefined
  #transactional: Promise<Producer> | undefined

  constructor(address: string) {
    const { Kafka, logLevel } = kafkajs
    this.#kafka = new Kafka({ brokers: [address], clientId: 'tests', logLevel: logLevel.NOTHING })
  }

  /** A topic with a name that no other test has. → the name */
  async create(
    partitions = 1,
    name = `t${process.pid}-${Date.now().toString(36)}-${(made += 1)}`,
  ): Promise<string> {
    const admin = await this.admin()
    await admin.createTopics({ topics: [{ topic: name, numPartitions: partitions }], waitForLeaders: true })
    return name
  }

  /** Writes records, acknowledged by the broker. */
  async write(topic: string, messages: Message[]): Promise<void> {
    this.#producer ??= connected(
      this.#kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner }),
    )
    const producer = await this.#producer
    await producer.send({ topic, messages, acks: -1 })
  }

  /** Writes records in one transaction, in requests of so many. → what ends it: until then nobody reads them. */
  async hold(topic: string, messages: Message[], perRequest: number): Promise<() => Promise<void>> {
    this.#transactional ??= connected(
      this.#kafka.producer({
        transactionalId: `tests-${process.pid}`,
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      }),
    )
    const transaction = await (await this.#transactional).transaction()
    try {
      for (let at = 0; at < messages.length; at += perRequest)
        await transaction.send({ topic, messages: messages.slice(at, at + perRequest), acks: -1 })
    } catch (error) {
      await transaction.abort()
      throw error
    }
    return () => transaction.commit()
  }

  /** So many records from the beginning of a topic, by partition in order. */
  async read(topic: string, count: number): Promise<ReadRecord[]> {
    const consumer: Consumer = this.#kafka.consumer({
      groupId: `read-${topic}-${(made += 1)}`,
      maxWaitTimeInMs: 100,
    })
    const records: ReadRecord[] = []
    const all = Promise.withResolvers<void>()
    await consumer.connect()
    try {
      await consumer.subscribe({ topic, fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ partition, message: { offset, key, value, headers = {} } }) => {
          const texts = Object.entries(headers).map(([name, text]) => [name, String(text)])
          records.push({ partition, offset: Number(offset), key, value, headers: Object.fromEntries(texts) })
          if (records.length === count) all.resolve()
        },
      })
      await all.promise
    } finally {
      await consumer.disconnect()
    }
    return records
  }

  /** Whether groups can form. */
  async hasCoordinator(): Promise<boolean> {
    try {
      await (await this.admin()).describeGroups(['nobody'])
      return true
    } catch {
      await this.close()
      return false
    }
  }

  admin(): Promise<Admin> {
    this.#admin ??= connected(this.#kafka.admin())
    return this.#admin
  }

  /** Closes connections; they are made again when they are needed. */
  async close(): Promise<void> {
    const open = [this.#admin, this.#producer, this.#transactional]
    this.#admin = this.#producer = this.#transactional = undefined
    for (const client of open) await client?.then((each) => each.disconnect()).catch(() => undefined)
  }
}

async function connected<Client extends Admin | Producer>(client: Client): Promise<Client> {
  await client.connect()
  return client
}
