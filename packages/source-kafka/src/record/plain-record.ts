import {
  NewAttributes,
  checkEvent,
  reasonAttribute,
  type AttributeValue,
  type CloudEvent,
} from '@millrace/core'
import { asAttributeText, type Named } from '@millrace/source-sdk'
import type { KafkaRecord } from './kafka-record.ts'
import { keyText, type KeyType } from './record-key.ts'

const utf8 = new TextDecoder()

export const plainType = 'dev.knative.kafka.event'

export function eventSource({ namespace, name }: Named, topic: string): string {
  return `/apis/v1/namespaces/${namespace}/kafkasources/${name}#${topic}`
}

/**
 * The attributes that every plain record has. V8 makes such an object in one piece, and one that is written to
 * name by name in several.
 */
function Plain(
  this: Record<string, AttributeValue>,
  { partition, offset }: KafkaRecord,
  source: string,
  time: string | undefined,
  key: string | undefined,
): void {
  const [inPartition, at] = [String(partition), String(offset)]
  this['specversion'] = '1.0'
  this['id'] = `partition:${inPartition}/offset:${at}`
  this['source'] = source
  this['type'] = plainType
  this['subject'] = `partition:${inPartition}#${at}`
  if (time !== undefined) this['time'] = time
  if (key !== undefined) this['key'] = this['partitionkey'] = key
  this['knativekafkapartition'] = inPartition
  this['knativekafkaoffset'] = at
}
Plain.prototype = NewAttributes.prototype
const PlainAttributes = Plain as unknown as new (
  ...args: Parameters<typeof Plain>
) => Record<string, AttributeValue>

/** The event of a record that is none itself (Knative's KafkaSource). `reason`: why it is not the event that it claims to be. */
export function plainEvent(named: Named, record: KafkaRecord, keyType: KeyType, reason?: string): CloudEvent {
  const { topic, timestampMs, key, value, headers } = record
  const attributes = new PlainAttributes(
    record,
    eventSource(named, topic),
    timeOf(timestampMs),
    key === null ? undefined : keyText(key, keyType),
  )
  let contentType: string | undefined
  for (const [header, bytes] of headers) {
    const text = asAttributeText(utf8.decode(bytes))
    const name = header.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
    if (header.toLowerCase() === 'content-type') contentType = text
    else if (name !== '') attributes[`kafkaheader${name}`] = text
  }
  if (reason !== undefined) attributes[reasonAttribute] = reason
  const event: CloudEvent = {
    attributes,
    data: value === null || value.length === 0 ? undefined : value,
    dataForm: 'binary',
  }
  return contentType === undefined || isCloudEvents(contentType) ? event : withContentType(event, contentType)
}

/** Where a record stands: two attributes of every event. */
export function positionOf({ partition, offset }: KafkaRecord): Record<string, AttributeValue> {
  return { knativekafkapartition: String(partition), knativekafkaoffset: String(offset) }
}

/** Whether a media type is one of CloudEvents' own (Kafka binding, 3). */
export function isCloudEvents(contentType: string): boolean {
  return /^\s*application\/cloudevents/i.test(contentType)
}

/** A content type that is none is said, and not the event's. */
function withContentType(event: CloudEvent, contentType: string): CloudEvent {
  const typed = { ...event, attributes: bare({ ...event.attributes, datacontenttype: contentType }) }
  const problem = checkEvent(typed)
  if (problem === undefined) return typed
  const reason = event.attributes[reasonAttribute] ?? problem.detail
  return { ...event, attributes: bare({ ...event.attributes, [reasonAttribute]: reason }) }
}

function bare(attributes: Readonly<Record<string, AttributeValue>>): Record<string, AttributeValue> {
  return Object.assign(new NewAttributes(), attributes)
}

/** Of the record before: those that were written together have the same. */
let lastTime: { readonly timestampMs: number; readonly text: string | undefined } | undefined

function timeOf(timestampMs: number): string | undefined {
  if (lastTime?.timestampMs !== timestampMs) {
    const date = new Date(timestampMs)
    const isTime = timestampMs >= 0 && !Number.isNaN(date.getTime())
    lastTime = { timestampMs, text: isTime ? date.toISOString() : undefined }
  }
  return lastTime.text
}
