// @ts-expect-error -- kafkajs has no types of its inner parts
import Decoder from 'kafkajs/src/protocol/decoder.js'
// @ts-expect-error -- kafkajs has no types of its inner parts
import { lookupCodec } from 'kafkajs/src/protocol/message/compression/index.js'
// @ts-expect-error -- kafkajs has no types of its inner parts
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js'
// @ts-expect-error -- kafkajs has no types of its inner parts
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js'
import type { KafkaMessage } from 'kafkajs'
import type { TopicPartition } from './kafka-client.ts'
import { areRecordBatches, readRecordBatches, type BatchRecord } from './record-batches.ts'

/** What of kafkajs' decoder is used here. */
interface ResponseDecoder {
  readInt16(): number
  readInt32(): number
  readInt64(): bigint
  readString(): string
  /** null: −1 bytes. */
  readBytes(): Buffer | null
  readArray<T>(read: (decoder: ResponseDecoder) => T): T[]
  readArrayAsync<T>(read: (decoder: ResponseDecoder) => Promise<T>): Promise<T[]>
}

/**
 * kafkajs makes some thirty objects of each record, most of them to add numbers of 64 bits. Its responses to a
 * fetch are read by ours instead; brokers before Kafka 2.3 speak older versions of them, which it reads itself.
 */
export function readFetchesOurselves(): void {
  ;(fetchResponse as { decode: (bytes: Buffer) => Promise<object> }).decode = decodeFetch
}

/** Whether a batch's messages are records already. */
export function areRecords(messages: readonly (KafkaMessage | BatchRecord)[]): messages is BatchRecord[] {
  return typeof messages[0]?.offset === 'number'
}

/** The members that kafkajs makes of a response of version 11. */
async function decodeFetch(bytes: Buffer): Promise<object> {
  const decoder = new (Decoder as new (bytes: Buffer) => ResponseDecoder)(bytes)
  const clientSideThrottleTime = decoder.readInt32()
  const errorCode = decoder.readInt16()
  const sessionId = decoder.readInt32()
  const responses = await decoder.readArrayAsync(decodeTopic)
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses }
}

async function decodeTopic(decoder: ResponseDecoder): Promise<object> {
  const topicName = decoder.readString()
  const partitions = await decoder.readArrayAsync((each) => decodePartition(each, topicName))
  return { topicName, partitions }
}

async function decodePartition(decoder: ResponseDecoder, topic: string): Promise<object> {
  const partition = decoder.readInt32()
  return {
    partition,
    errorCode: decoder.readInt16(),
    highWatermark: String(decoder.readInt64()),
    lastStableOffset: String(decoder.readInt64()),
    lastStartOffset: String(decoder.readInt64()),
    abortedTransactions: decoder.readArray((each) => ({
      producerId: String(each.readInt64()),
      firstOffset: String(each.readInt64()),
    })),
    preferredReadReplica: decoder.readInt32(),
    messages: await readMessages(decoder.readBytes() ?? Buffer.alloc(0), { topic, partition }),
  }
}

async function readMessages(bytes: Buffer, place: TopicPartition): Promise<readonly object[]> {
  if (bytes.length === 0) return []
  if (areRecordBatches(bytes)) return readRecordBatches(bytes, place, decompress)
  // of before 0.11, which an old topic may still hold: with its length in front
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  const decoder = new (Decoder as new (bytes: Buffer) => ResponseDecoder)(Buffer.concat([length, bytes]))
  return (decodeMessages as (decoder: ResponseDecoder) => Promise<object[]>)(decoder)
}

function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  return (lookupCodec as (type: number) => { decompress(bytes: Buffer): Promise<Buffer> })(codec).decompress(
    bytes,
  )
}
