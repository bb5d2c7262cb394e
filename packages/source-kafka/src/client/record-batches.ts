import type { KafkaRecord } from '../record/kafka-record.ts'
import type { TopicPartition } from './kafka-client.ts'

/** What the records of one batch have in common, for whoever leaves out what was aborted. */
export interface BatchContext {
  /** 64 bits, as text. */
  readonly producerId: string
  readonly inTransaction: boolean
}

export interface BatchRecord extends KafkaRecord {
  /** The end of a transaction: not for readers. */
  readonly isControlRecord: boolean
  readonly batchContext: BatchContext
}

/** `codec`: as in the attributes of a batch (1 gzip, 2 snappy, 3 lz4, 4 zstd). */
export type Decompress = (codec: number, bytes: Buffer) => Promise<Buffer>

/** In front of the records of a batch (Kafka protocol, "Record Batch", magic 2). */
const headBytes = 61
const lengthAt = 8
/** What the length counts from. */
const countedFrom = 12
const magicAt = 16
const attributesAt = 21
const firstTimestampAt = 27
const maxTimestampAt = 35
const producerIdAt = 43
const countAt = 57
const codecMask = 0x07
const logAppendTime = 0x08
const transactional = 0x10
const control = 0x20
const noHeaders: KafkaRecord['headers'] = []

/** Whether they are in the format that Kafka has written since 0.11, the only one that 4 still has. */
export function areRecordBatches(bytes: Buffer): boolean {
  return bytes.length > magicAt && bytes[magicAt] === 2
}

/**
 * The records of one partition in a response; the last batch may be cut off, and comes whole with the next one.
 * Keys and values are views of `bytes`. Numbers are plain ones: offsets and times stay below 2^53.
 */
export async function readRecordBatches(
  bytes: Buffer,
  place: TopicPartition,
  decompress: Decompress,
): Promise<BatchRecord[]> {
  const records: BatchRecord[] = []
  for (let at = 0; at + headBytes <= bytes.length;) {
    const end = at + countedFrom + bytes.readInt32BE(at + lengthAt)
    if (end > bytes.length || !areRecordBatches(bytes.subarray(at))) break
    const codec = bytes.readInt16BE(at + attributesAt) & codecMask
    const plain = bytes.subarray(at + headBytes, end)
    const cursor = new Cursor(codec === 0 ? plain : await decompress(codec, plain))
    readBatch(bytes.subarray(at, at + headBytes), cursor, place, records)
    at = end
  }
  return records
}

function readBatch(head: Buffer, cursor: Cursor, place: TopicPartition, records: BatchRecord[]): void {
  const { topic, partition } = place
  const attributes = head.readInt16BE(attributesAt)
  const firstOffset = readInt64(head, 0)
  const timestamp = readInt64(head, firstTimestampAt)
  const appendTime = (attributes & logAppendTime) === 0 ? undefined : readInt64(head, maxTimestampAt)
  const isControlRecord = (attributes & control) !== 0
  const batchContext: BatchContext = {
    producerId: String(head.readBigInt64BE(producerIdAt)),
    inTransaction: (attributes & transactional) !== 0,
  }
  for (let left = head.readInt32BE(countAt); left > 0; left -= 1) {
    const end = cursor.varint() + cursor.at
    // attributes of the record: none are in use
    cursor.at += 1
    const timestampMs = timestamp + cursor.varint()
    const offset = firstOffset + cursor.varint()
    const [key, value] = [cursor.bytes(), cursor.bytes()]
    const headers = readHeaders(cursor)
    if (!(cursor.at <= end && end <= cursor.length))
      throw new RangeError(`the record ${topic}/${partition}/${offset} is damaged`)
    cursor.at = end
    records.push({
      topic,
      partition,
      offset,
      timestampMs: appendTime ?? timestampMs,
      key,
      value,
      headers,
      isControlRecord,
      batchContext,
    })
  }
}

function readHeaders(cursor: Cursor): KafkaRecord['headers'] {
  const count = cursor.varint()
  if (count <= 0) return noHeaders
  return Array.from({ length: count }, () => {
    const name = cursor.bytes()?.toString() ?? ''
    return [name, cursor.bytes() ?? new Uint8Array(0)] as const
  })
}

/** Without the BigInt in between. */
function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)
}

class Cursor {
  at = 0
  readonly length: number
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.length = bytes.length
  }

  /** Zigzag, of up to 64 bits. */
  varint(): number {
    let byte = this.#bytes[this.at++]!
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = this.#bytes[this.at++]!
      value += (byte & 0x7f) * scale
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** null: there are none. */
  bytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const from = this.at
    this.at += length
    return this.#bytes.subarray(from, this.at)
  }
}
