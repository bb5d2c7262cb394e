import { randomUUID } from 'node:crypto'
import { SourceError, type Advance, type Checkpoint } from '@millrace/source-sdk'
import type { TopicPartition } from '../client/kafka-client.ts'
import type { KafkaRecord } from '../record/kafka-record.ts'

/** Moves a checkpoint alone; whether it did, the checkpoint says. */
export type Move = (advance: Advance) => Promise<unknown>

/** How often a position is asked for that others move meanwhile. */
const mostClaims = 5

/**
 * How far one partition is stored: a checkpoint that moves with its events, so that whatever is read again is
 * known. It holds two offsets, that of the next record and that of the group in Kafka when it was written (a group
 * that stands before that one was moved back on purpose), and who wrote it: no two write the same. So an append of
 * another that is in doubt can take its step back only as long as nobody goes on from there.
 */
export class StoredPosition implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** Of the group, as far as Kafka has confirmed it. */
  committed = 0
  /** Where the group stood when it was opened. */
  opened = 0
  readonly #checkpoint: Checkpoint
  readonly #move: Move
  readonly #writer = newWriter()
  #text: string | undefined
  /** Records before it are stored. */
  #next = 0

  constructor({ topic, partition }: TopicPartition, checkpoint: Checkpoint, move: Move) {
    this.topic = topic
    this.partition = partition
    this.#checkpoint = checkpoint
    this.#move = move
  }

  /** Reads it where the group begins at `offset`; `isAnew`: the group had no position, and what was stored was of another topic. */
  async open(offset: number, isAnew: boolean): Promise<void> {
    this.committed = offset
    this.opened = offset
    const text = await this.#claim()
    if (text === undefined) return
    if (isAnew || offset < committedOf(text)) await this.begin(offset)
    else this.#at(text)
  }

  /** What is read from here on is not known, whatever was stored before. */
  async begin(offset: number): Promise<void> {
    await beginAt(this.#checkpoint, this, offset, this.#writer)
    this.#at(textOf(offset, offset, this.#writer))
  }

  /** Those that are not stored. */
  unknown(records: readonly KafkaRecord[]): readonly KafkaRecord[] {
    const next = this.#next
    return records.length === 0 || records[0]!.offset >= next
      ? records
      : records.filter(({ offset }) => offset >= next)
  }

  /** Moves with the events of these records, as far as `put` puts them. */
  async behind(
    records: readonly KafkaRecord[],
    put: (advance: Advance) => Promise<{ readonly moved?: true }>,
  ): Promise<void> {
    const { committed } = this
    const to = (count: number): string =>
      textOf((records[count - 1]?.offset ?? -1) + 1, committed, this.#writer)
    const { moved } = await put({ key: keyOf(this), from: this.#text, to })
    if (moved === true) await this.#follow()
    else this.#at(to(records.length))
  }

  /** Another member has stored what this one was about to, or the answer was lost. */
  async #follow(): Promise<void> {
    const text = await this.#claim()
    if (text === undefined || nextOf(text) < this.#next)
      throw SourceError.retryable(
        `the position of ${this.topic}/${this.partition} was moved back while it was read`,
        { reason: 'PositionMoved' },
      )
    this.#at(text)
  }

  /** What is there, as this one's own text before anything is skipped by it; undefined: nothing. */
  async #claim(): Promise<string | undefined> {
    let text = await this.#read()
    for (let left = mostClaims; left > 0 && text !== undefined && !this.#isOwn(text); left -= 1) {
      const own = textOf(nextOf(text), committedOf(text), this.#writer)
      await this.#move({ key: keyOf(this), from: text, to: () => own })
      text = await this.#read()
    }
    if (text === undefined || this.#isOwn(text)) return text
    throw SourceError.retryable(
      `the position of ${this.topic}/${this.partition} cannot be taken over: the store refuses, or another member goes on from it`,
      { reason: 'PositionInUse', afterMs: 1_000 },
    )
  }

  #isOwn(text: string): boolean {
    return text.endsWith(` ${this.#writer}`)
  }

  async #read(): Promise<string | undefined> {
    const bytes = await this.#checkpoint.get(keyOf(this))
    return bytes === undefined ? undefined : Buffer.from(bytes).toString()
  }

  #at(text: string): void {
    this.#text = text
    this.#next = nextOf(text)
  }
}

/** Everything from `offset` on is stored (again) when it is read. */
export function beginAt(
  checkpoint: Checkpoint,
  at: TopicPartition,
  offset: number,
  writer = newWriter(),
): Promise<void> {
  return checkpoint.put(Buffer.from(textOf(offset, offset, writer)), keyOf(at))
}

function newWriter(): string {
  return randomUUID()
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `position/${topic}/${partition}`
}

function textOf(next: number, committed: number, writer: string): string {
  return `${next} ${committed} ${writer}`
}

function nextOf(text: string): number {
  return Number.parseInt(text, 10)
}

function committedOf(text: string): number {
  return Number.parseInt(text.slice(text.indexOf(' ') + 1), 10)
}
