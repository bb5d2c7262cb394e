import type { Checkpoint } from '@millrace/source-sdk'
import type { KafkaClient, Place, Position, TopicPartition } from '../client/kafka-client.ts'

/** How many partitions of a topic the group has had positions for: what comes beyond is new, and read whole. */
export class KnownPartitions {
  readonly #checkpoint: Checkpoint

  constructor(checkpoint: Checkpoint) {
    this.#checkpoint = checkpoint
  }

  /** undefined: the topic was never looked at. */
  async of(topic: string): Promise<number | undefined> {
    const bytes = await this.#checkpoint.get(keyOf(topic))
    return bytes === undefined ? undefined : Number(Buffer.from(bytes).toString())
  }

  async put(topic: string, count: number): Promise<void> {
    if ((await this.of(topic)) !== count) await this.#checkpoint.put(Buffer.from(String(count)), keyOf(topic))
  }
}

function keyOf(topic: string): string {
  return `partitions/${topic}`
}

export interface BeginningsOptions {
  readonly client: KafkaClient
  readonly group: string
  readonly initialOffset: 'earliest' | 'latest'
  readonly known: KnownPartitions
}

export interface Beginnings {
  /** Where the group has a position. */
  readonly committed: readonly Position[]
  /** Where it has none: these are to be committed. */
  readonly anew: readonly Position[]
}

/**
 * Where partitions begin, also those that the group has no position for. A source that is new begins where its manifest
 * says; partitions, and topics, that came to be since are read from their first record.
 */
export async function beginningsOf(
  assigned: readonly TopicPartition[],
  { client, group, initialOffset, known }: BeginningsOptions,
): Promise<Beginnings> {
  const topics = [...new Set(assigned.map(({ topic }) => topic))]
  const committed = await client.committed(group, topics)
  const anew: Position[] = []
  for (const topic of topics) {
    const has = new Set(committed.filter((each) => each.topic === topic).map(({ partition }) => partition))
    const without = assigned.filter((each) => each.topic === topic && !has.has(each.partition))
    if (without.length === 0) continue
    const before = await known.of(topic)
    for (const place of new Set<Place>(without.map(({ partition }) => placeOf(partition, before)))) {
      const offsets = await client.offsets(topic, place)
      anew.push(
        ...offsets.filter(({ partition }) =>
          without.some((each) => each.partition === partition && placeOf(partition, before) === place),
        ),
      )
    }
  }
  return { committed, anew }

  function placeOf(partition: number, before: number | undefined): Place {
    return before !== undefined && partition >= before ? 'earliest' : initialOffset
  }
}

/** Takes note of topics all of whose partitions have a position now. */
export async function rememberPartitions(
  topics: readonly string[],
  { client, group, known }: Pick<BeginningsOptions, 'client' | 'group' | 'known'>,
): Promise<void> {
  const [counts, committed] = await Promise.all([client.partitions(topics), client.committed(group, topics)])
  for (const [topic, count] of counts) {
    const has = new Set(committed.filter((each) => each.topic === topic).map(({ partition }) => partition))
    if (Array.from({ length: count }, (_, partition) => partition).every((each) => has.has(each)))
      await known.put(topic, count)
  }
}
