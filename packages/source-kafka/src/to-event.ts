import { NewAttributes, checkEvent, readHttpEvent, withAttributes, type CloudEvent } from '@millrace/core'
import type { Named } from '@millrace/source-sdk'
import type { KafkaRecord } from './record/kafka-record.ts'
import { isCloudEvents, plainEvent, positionOf } from './record/plain-record.ts'
import type { KeyType } from './record/record-key.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder()
const required = ['specversion', 'id', 'source', 'type'] as const

export interface ReadRecord {
  readonly event: CloudEvent
  /** It claims to be a CloudEvent and is none: why. The event is that of a plain record then. */
  readonly malformed?: string
}

/**
 * The event of a record: a CloudEvent in either mode of the Kafka binding as it is, with its position; anything
 * else by the mapping of plain records. Every record has one, whatever is in it.
 */
export function toEvent(named: Named, record: KafkaRecord, keyType: KeyType): ReadRecord {
  if (record.headers.length === 0) return { event: plainEvent(named, record, keyType) }
  const contentType = record.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const mediaType = contentType === undefined ? undefined : lenient.decode(contentType)
  const read =
    mediaType !== undefined && isCloudEvents(mediaType)
      ? structured(record, mediaType)
      : claimsToBeBinary(record)
        ? binary(record, mediaType)
        : undefined
  if (read === undefined) return { event: plainEvent(named, record, keyType) }
  if (typeof read === 'string') return { event: plainEvent(named, record, keyType, read), malformed: read }
  return { event: withAttributes(read, positionOf(record)) }
}

/** The event, or why there is none. */
function structured({ value }: KafkaRecord, mediaType: string): CloudEvent | string {
  if (!/^\s*application\/cloudevents\+json\s*(?:;|$)/i.test(mediaType))
    return `content-type is ${mediaType}: of the event formats JSON is read`
  const read = readHttpEvent(['content-type', 'application/cloudevents+json'], value ?? new Uint8Array(0))
  if (read.kind === 'problem') return read.problem.detail
  return read.events[0] ?? 'there is no event in it'
}

function claimsToBeBinary({ headers }: KafkaRecord): boolean {
  return headers.some(([name]) => name.toLowerCase() === 'ce_specversion')
}

/** The event, or why there is none: attributes stand in `ce_` headers, in UTF-8 (Kafka binding, 3.2.3). */
function binary({ headers, value }: KafkaRecord, mediaType: string | undefined): CloudEvent | string {
  const attributes = new NewAttributes()
  for (const [header, bytes] of headers) {
    if (!/^ce_/i.test(header)) continue
    const name = header.slice(3).toLowerCase()
    if (name === 'data' || name === 'datacontenttype')
      return `${header} must not be sent: the value is the data, and content-type its type`
    if (attributes[name] !== undefined) return `${header} is given twice`
    const text = textOf(bytes)
    if (text === undefined) return `the bytes of ${header} are not UTF-8`
    attributes[name] = text
  }
  if (attributes['subject'] === '') delete attributes['subject']
  if (mediaType !== undefined) attributes['datacontenttype'] = mediaType
  const missing = required.filter((name) => attributes[name] === undefined)
  if (missing.length > 0)
    return `${missing.map((name) => `ce_${name}`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`
  // a tombstone, and an event without data (Kafka binding, 3.2.2)
  const data = value === null || value.length === 0 ? undefined : value
  const event: CloudEvent = { attributes, data, dataForm: 'binary' }
  return checkEvent(event)?.detail ?? event
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
