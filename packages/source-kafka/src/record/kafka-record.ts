/** One record of a topic's partition. */
export interface KafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since the epoch; below zero where the record has none. */
  readonly timestampMs: number
  readonly key: Uint8Array | null
  /** null: a tombstone. */
  readonly value: Uint8Array | null
  /** In their order; a name may come several times. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
}
