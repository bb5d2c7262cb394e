import type { KafkaRecord } from '../record/kafka-record.ts'

/** How a cluster is reached. */
export interface KafkaConnection {
  /** `HOST:PORT` each. */
  readonly brokers: readonly string[]
  /** What the broker's logs and metrics call us. */
  readonly clientId: string
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
    readonly username: string
    readonly password: string
  }
  /** PEM; without `ca` the system's authorities. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  /** What the client has to say of its inner life. */
  readonly log: (message: string, fields: object) => void
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface Position extends TopicPartition {
  /** Of the next record to read. */
  readonly offset: number
}

/** A place in a partition that only the broker knows; a number is a time, milliseconds since the epoch. */
export type Place = 'earliest' | 'latest' | number

/** All that Millrace asks of a Kafka client. Everything rejects with a `KafkaError` (kafka-error.ts). */
export interface KafkaClient {
  /** How many partitions topics have; a topic that is not there is left out. */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Where a place is in each partition of a topic; a time behind the last record is the end. */
  offsets(topic: string, place: Place): Promise<readonly Position[]>
  /** The positions that a group has committed. */
  committed(group: string, topics: readonly string[]): Promise<readonly Position[]>
  /** Sets positions of a group that has no members. */
  commit(group: string, positions: readonly Position[]): Promise<void>
  /** How many members a group has. */
  members(group: string): Promise<number>
  /** Joins a group and reads; resolves when it has been asked to. */
  join(membership: Membership): Promise<Member>
  /** @throws {KafkaError} with `topic` where it is there already */
  createTopic(topic: string, partitions: number, replicationFactor: number): Promise<void>
  /** Idempotent, acknowledged by all replicas in sync. */
  producer(): Promise<Producer>
  close(): Promise<void>
}

export interface Membership {
  readonly group: string
  readonly topics: readonly string[]
  /**
   * A new assignment is in force: what was read before and is not committed comes again. The member begins
   * where this says (partitions that are left out: at what is committed), and reads nothing before.
   */
  assigned(partitions: readonly TopicPartition[], member: Member): Promise<readonly Position[]>
  /** What was fetched of one partition. Resolves when there is room for more: meanwhile the member stays in the group. */
  read(fetched: Fetched): Promise<void>
  /** The group forms anew: the last chance to commit what is done. */
  leaving(member: Member): Promise<void>
  /** It is no member any more, and will not be by itself. */
  failed(error: unknown): void
}

export interface Fetched extends TopicPartition {
  /** In order. None: what stands there is not for readers, such as the markers of transactions. */
  readonly records: readonly KafkaRecord[]
  /** Where to read on: behind the records, and what is not for readers behind them. */
  readonly next: number
  /** Behind the last record that there is. */
  readonly end: number
}

export interface Member {
  /** Remembers that everything before these positions is done. */
  commit(positions: readonly Position[]): Promise<void>
  leave(): Promise<void>
}

export interface OutgoingRecord {
  readonly topic: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export interface Producer {
  /** Resolves when Kafka has acknowledged all of them. */
  send(records: readonly OutgoingRecord[]): Promise<void>
  close(): Promise<void>
}

/** Opens no connection yet. */
export type KafkaClientFactory = (connection: KafkaConnection) => KafkaClient
