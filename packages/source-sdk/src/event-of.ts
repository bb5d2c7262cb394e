import type { AttributeValue, CloudEvent } from '@millrace/core'
import type { SdkCloudEvent } from './emission.ts'

/** The parts of an event, as most sources have them. */
export interface EventParts {
  readonly id: string
  readonly source: string
  readonly type: string
  /** Members that are undefined are left out. */
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>
  /** A text is sent as UTF-8; bytes as they are. */
  readonly data?: string | Uint8Array
}

/** An event of version 1.0. */
export function eventOf({ id, source, type, attributes = {}, data }: EventParts): CloudEvent {
  return {
    attributes: bare({ specversion: '1.0', id, source, type, ...attributes }),
    data: bytesOf(data),
    dataForm: 'binary',
  }
}

/** Ours as it is; one of the SDK with its data as the bytes that the SDK would send (JSON where it is no text). */
export function fromSdk(event: CloudEvent | SdkCloudEvent): CloudEvent {
  if (isOurs(event)) return event
  const { data, data_base64: base64, ...attributes } = event
  const known = Object.entries(attributes).flatMap(([name, value]) => {
    const plain = plainValue(value)
    return plain === undefined ? [] : [[name, plain] as const]
  })
  return {
    attributes: bare(Object.fromEntries(known)),
    data: dataOf(data, base64, attributes['datacontenttype']),
    dataForm: 'binary',
  }
}

function isOurs(event: CloudEvent | SdkCloudEvent): event is CloudEvent {
  return 'dataForm' in event && typeof event['attributes'] === 'object'
}

function dataOf(data: unknown, base64: string | undefined, contentType: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  if (data === undefined || data === null) return undefined
  const isJson = typeof contentType !== 'string' || /[/+]json\b/i.test(contentType)
  // the SDK keeps JSON that it has read as what it stands for, and any other text as it is
  return bytesOf(typeof data === 'string' && !(isJson && !isJsonText(data)) ? data : JSON.stringify(data))
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function plainValue(value: unknown): AttributeValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value
    case 'object':
      if (value instanceof Date) return value.toISOString()
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : undefined
    default:
      return undefined
  }
}

function bytesOf(data: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data
}

/** Attributes have no prototype (core, `Attributes`). */
function bare(
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
): Record<string, AttributeValue> {
  const copy = Object.create(null) as Record<string, AttributeValue>
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) copy[name] = value
  return copy
}
