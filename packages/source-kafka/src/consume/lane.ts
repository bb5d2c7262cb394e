import type { KafkaRecord } from '../record/kafka-record.ts'

/** The most that one step hands to the store at once. */
const mostRecords = 1_000
const mostBytes = 4 * 1024 * 1024

/** Puts records into the store; resolves when it has them. */
export type Store = (records: readonly KafkaRecord[]) => Promise<void>

export interface LaneOptions {
  readonly store: Store
  /** Begins behind this: the same partition's lane of an assignment before. */
  readonly after: Promise<void>
  readonly failed: (error: unknown) => void
}

/**
 * The records of one partition on their way into the store, in steps of many, one after the other: a refusal in
 * between would change the order, and the position never passes a record that is not stored.
 */
export class Lane {
  readonly #options: LaneOptions
  readonly #waiting: KafkaRecord[] = []
  #room = Promise.withResolvers<void>()
  #underWay: Promise<void>
  #stopped = false
  #position: number | undefined
  #next: number | undefined
  /** Nothing is begun before what comes before it is done. */
  #isFree = false

  constructor(options: LaneOptions) {
    this.#options = options
    this.#underWay = options.after
    void options.after.then(() => {
      this.#isFree = true
      this.#proceed()
    })
  }

  /** Everything before it is stored; undefined until something is. */
  get position(): number | undefined {
    return this.#position
  }

  /** Resolves when nothing is under way any more; what waits is dropped first by `stop`. */
  get idle(): Promise<void> {
    return this.#underWay
  }

  /** Takes records, behind which it goes on at `next`; resolves when there is room for more. */
  async take(records: readonly KafkaRecord[], next: number): Promise<void> {
    if (this.#stopped) return
    this.#next = next
    for (const record of records) this.#waiting.push(record)
    this.#proceed()
    this.#pass()
    // the records of one fetch may wait while the next one is fetched
    while (this.#waiting.length > records.length && !this.#stopped) await this.#room.promise
  }

  /** Drops what waits; what is under way comes to its end. */
  stop(): void {
    this.#stopped = true
    this.#waiting.length = 0
    this.#wake()
  }

  #proceed(): void {
    if (!this.#isFree || this.#waiting.length === 0 || this.#stopped) return
    const records = this.#waiting.splice(0, stepLength(this.#waiting))
    this.#isFree = false
    this.#underWay = this.#options.store(records).then(
      () => this.#ended((records.at(-1)?.offset ?? 0) + 1),
      (err: unknown) => {
        this.stop()
        this.#options.failed(err)
      },
    )
    this.#wake()
  }

  #ended(next: number): void {
    this.#isFree = true
    this.#position = next
    this.#proceed()
    this.#pass()
  }

  /** Where all is stored, what is no record behind it is passed too: else a transaction's end would stay for ever. */
  #pass(): void {
    const isStored = this.#waiting.length === 0 && this.#isFree
    if (isStored && !this.#stopped && this.#next !== undefined) this.#position = this.#next
  }

  #wake(): void {
    this.#room.resolve()
    this.#room = Promise.withResolvers()
  }
}

/** Offsets ascend within a step: where they begin anew, it is another topic of the same name. */
function stepLength(waiting: readonly KafkaRecord[]): number {
  let bytes = 0
  let count = 0
  let last = -1
  for (const { value, offset } of waiting) {
    bytes += value?.length ?? 0
    if (count === mostRecords || (count > 0 && (bytes > mostBytes || offset <= last))) break
    last = offset
    count += 1
  }
  return count
}
