import type { Checkpoint } from '@millrace/source-sdk'
import type { Fetched, Member, Membership, Position, TopicPartition } from '../client/kafka-client.ts'
import type { KafkaRecord } from '../record/kafka-record.ts'
import type { Beginnings } from './beginnings.ts'
import { Lane } from './lane.ts'
import type { StoreRecords } from './store-records.ts'
import { StoredPosition, type Move } from './stored-position.ts'

/** How often positions are committed while records come. */
const commitMs = 500

export interface ReaderOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly checkpoint: Checkpoint
  readonly move: Move
  readonly store: StoreRecords
  readonly beginnings: (assigned: readonly TopicPartition[]) => Promise<Beginnings>
  /** It has an assignment, and a position for each partition is committed. */
  readonly assigned: () => void
  readonly failed: (error: unknown) => void
}

interface Partition {
  readonly position: StoredPosition
  readonly lane: Lane
  /** Behind the last record that there is, as far as is known. */
  end: number
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
    return [...this.#partitions.values()].map(({ position, lane, end }) => ({
      topic: position.topic,
      partition: position.partition,
      offset: lane.position ?? position.committed,
      end,
    }))
  }

  async assigned(partitions: readonly TopicPartition[], member: Member): Promise<readonly Position[]> {
    this.#member = member
    const before = this.#partitions
    for (const { lane } of before.values()) lane.stop()
    const { checkpoint, move, failed } = this.#options
    const now = new Map(
      partitions.map((each) => {
        const after = before.get(keyOf(each))?.lane.idle ?? Promise.resolve()
        const position = new StoredPosition(each, checkpoint, move)
        const lane = new Lane({ store: this.#storing(position, member), after, failed })
        return [keyOf(each), { position, lane, end: 0 }]
      }),
    )
    this.#partitions = now
    const { committed, anew } = await this.#options.beginnings(partitions)
    const opening = (all: readonly Position[], isAnew: boolean) =>
      all.map((each) => now.get(keyOf(each))?.position.open(each.offset, isAnew))
    await Promise.all([...opening(committed, false), ...opening(anew, true)])
    await member.commit(anew)
    this.#options.assigned()
    return anew
  }

  /** Where offsets go back, they are those of another topic of the same name: what is there is stored, too. */
  #storing(position: StoredPosition, member: Member): (records: readonly KafkaRecord[]) => Promise<void> {
    let next: number | undefined
    return async (records) => {
      const [first, last] = [records[0]?.offset ?? 0, records.at(-1)?.offset ?? 0]
      if (first < (next ?? position.opened)) {
        await position.begin(first)
        // a member no more: whoever has the partition begins there by itself
        await member.commit([{ ...placeOf(position), offset: first }]).catch(() => undefined)
        position.committed = first
      }
      next = last + 1
      await this.#options.store(position, records)
    }
  }

  async read({ records, next, end, ...at }: Fetched): Promise<void> {
    const known = this.#partitions.get(keyOf(at))
    if (known === undefined || this.#stopped) return
    // of what was fetched before the beginning was known
    if (records.length === 0 && next <= known.position.committed) return
    known.end = end
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
        const done = this.#done()
        await this.#member?.commit(done.map(({ position, offset }) => ({ ...placeOf(position), offset })))
        // of those it was asked for: an assignment meanwhile has others, of the same names
        for (const { position, offset } of done) position.committed = offset
      })
    this.#committing = commit
    return commit
  }

  /** What is stored, and not committed. */
  #done(): { readonly position: StoredPosition; readonly offset: number }[] {
    return [...this.#partitions.values()].flatMap(({ position, lane }) => {
      const offset = lane.position
      return offset === undefined || offset === position.committed ? [] : [{ position, offset }]
    })
  }

  /** Partitions with records that are not committed, stored or not. */
  #behind(): Partition[] {
    return [...this.#partitions.values()].filter(({ lane, position: { committed }, end }) => {
      return (lane.position ?? committed) !== committed || committed < end
    })
  }
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
