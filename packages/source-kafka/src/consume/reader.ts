import type { Fetched, Member, Membership, Position, TopicPartition } from '../client/kafka-client.ts'
import { Lane, type Store } from './lane.ts'

/** How often positions are committed while records come. */
const commitMs = 500

export interface ReaderOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly store: Store
  /** Steps of a partition under way at once. */
  readonly steps: number
  readonly beginnings: (assigned: readonly TopicPartition[]) => Promise<readonly Position[]>
  /** It has an assignment, and a position for each partition is committed. */
  readonly assigned: () => void
  readonly failed: (error: unknown) => void
}

interface Partition extends TopicPartition {
  readonly lane: Lane
  /** Behind the last record that there is, as far as is known. */
  end: number
  committed: number | undefined
}

/** One member of the group: a lane for each partition that it has, positions committed behind them. */
export class Reader implements Membership {
  readonly group: string
  readonly topics: readonly string[]
  readonly #options: ReaderOptions
  #partitions = new Map<string, Partition>()
  #member: Member | undefined
  #timer: NodeJS.Timeout | undefined
  #committing: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: ReaderOptions) {
    this.#options = options
    this.group = options.group
    this.topics = options.topics
  }

  get partitions(): readonly (Position & { readonly end: number })[] {
    return [...this.#partitions.values()].map(({ topic, partition, lane, end, committed }) => ({
      topic,
      partition,
      offset: lane.position ?? committed ?? end,
      end,
    }))
  }

  async assigned(partitions: readonly TopicPartition[], member: Member): Promise<readonly Position[]> {
    this.#member = member
    const before = this.#partitions
    for (const { lane } of before.values()) lane.stop()
    const { store, steps, failed } = this.#options
    this.#partitions = new Map(
      partitions.map((each) => {
        const after = before.get(keyOf(each))?.lane.idle ?? Promise.resolve()
        const lane = new Lane({ store, steps, after, failed })
        return [keyOf(each), { ...each, lane, end: 0, committed: undefined }]
      }),
    )
    const beginnings = await this.#options.beginnings(partitions)
    await member.commit(beginnings)
    for (const position of beginnings) this.#committed(position)
    this.#options.assigned()
    return beginnings
  }

  async read({ records, next, end, ...at }: Fetched): Promise<void> {
    const known = this.#partitions.get(keyOf(at))
    if (known === undefined || this.#stopped) return
    // of what was fetched before the beginning was known
    if (records.length === 0 && next <= (known.committed ?? 0)) return
    known.end = end
    known.committed ??= records[0]?.offset
    this.#commitSoon()
    await known.lane.take(records, next)
  }

  async leaving(): Promise<void> {
    // what cannot be committed is read again
    await this.#commit().catch(() => undefined)
  }

  failed(error: unknown): void {
    this.#options.failed(error)
  }

  /** What is under way comes to its end, and is committed. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    const lanes = [...this.#partitions.values()].map(({ lane }) => lane)
    for (const lane of lanes) lane.stop()
    await Promise.all(lanes.map((lane) => lane.idle))
    await this.#commit().catch(() => undefined)
    await this.#member?.leave()
  }

  /** Where partitions end now. */
  ends(positions: readonly Position[]): void {
    for (const position of positions) {
      const known = this.#partitions.get(keyOf(position))
      if (known !== undefined) known.end = Math.max(known.end, position.offset)
    }
  }

  #commitSoon(): void {
    if (this.#timer !== undefined || this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#commit().then(
        () => {
          if (this.#behind().length > 0) this.#commitSoon()
        },
        // the member says so itself where it is lost
        () => this.#commitSoon(),
      )
    }, commitMs)
  }

  #commit(): Promise<void> {
    const commit = this.#committing
      .catch(() => undefined)
      .then(async () => {
        const positions = this.#done()
        await this.#member?.commit(positions)
        for (const position of positions) this.#committed(position)
      })
    this.#committing = commit
    return commit
  }

  /** What is stored, and not committed. */
  #done(): Position[] {
    return [...this.#partitions.values()].flatMap(({ topic, partition, lane, committed }) => {
      const offset = lane.position
      return offset === undefined || offset === committed ? [] : [{ topic, partition, offset }]
    })
  }

  /** Partitions with records that are not committed, stored or not. */
  #behind(): Partition[] {
    return [...this.#partitions.values()].filter(({ lane, committed, end }) => {
      if (committed === undefined) return lane.position !== undefined
      return (lane.position ?? committed) !== committed || committed < end
    })
  }

  #committed({ offset, ...at }: Position): void {
    const known = this.#partitions.get(keyOf(at))
    if (known !== undefined) known.committed = offset
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
