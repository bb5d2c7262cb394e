import type { Attributes, AttributeValue, EventRecord, Failure } from '@millrace/core'

/** The version of the stored form; a store holds records of this version or older ones. */
const version = 1
const head = 5
const utf8 = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true })

/** A stored record cannot be read: damaged, or written by a newer version. */
export class UnreadableRecordError extends Error {}

interface Meta {
  attributes: Attributes
  headers: Readonly<Record<string, string>>
  acceptedAt: number
  form?: 'json' | 'none'
  failure?: Failure
}

/**
 * The stored form, the same in every store: `u8 version | u32 length | meta JSON | data`.
 * The buffer is the caller's alone, so that a store may transfer it.
 */
export function encodeRecord(record: EventRecord): Uint8Array {
  const { event } = record
  const meta: Meta = { attributes: event.attributes, headers: record.headers, acceptedAt: record.acceptedAt }
  if (event.data === undefined) meta.form = 'none'
  else if (event.dataForm === 'json') meta.form = 'json'
  if (record.failure !== undefined) meta.failure = record.failure
  const text = utf8.encode(JSON.stringify(meta))
  const bytes = new Uint8Array(head + text.length + (event.data?.length ?? 0))
  bytes[0] = version
  new DataView(bytes.buffer).setUint32(1, text.length)
  bytes.set(text, head)
  if (event.data !== undefined) bytes.set(event.data, head + text.length)
  return bytes
}

/**
 * Reads the stored form; the data is a view of `bytes`.
 * @throws {UnreadableRecordError}
 */
export function decodeRecord(bytes: Uint8Array): EventRecord {
  if (bytes.length < head) throw new UnreadableRecordError(`a record of ${bytes.length} bytes is too short`)
  if (bytes[0] !== version) throw new UnreadableRecordError(`unknown record version ${bytes[0]}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
  if (head + length > bytes.length) throw new UnreadableRecordError('the record is cut off')
  const meta = parseMeta(bytes.subarray(head, head + length))
  const data = meta.form === 'none' ? undefined : bytes.subarray(head + length)
  return {
    event: { attributes: bare(meta.attributes), data, dataForm: meta.form === 'json' ? 'json' : 'binary' },
    headers: meta.headers,
    acceptedAt: meta.acceptedAt,
    ...(meta.failure === undefined ? {} : { failure: meta.failure }),
  }
}

function parseMeta(bytes: Uint8Array): Meta {
  let meta: unknown
  try {
    meta = JSON.parse(strict.decode(bytes))
  } catch (cause) {
    throw new UnreadableRecordError('the record has no readable attributes', { cause })
  }
  if (!isMeta(meta)) throw new UnreadableRecordError('the record lacks attributes, headers or acceptedAt')
  return meta
}

function isMeta(value: unknown): value is Meta {
  if (typeof value !== 'object' || value === null) return false
  const meta = value as Partial<Meta>
  return (
    typeof meta.attributes === 'object' &&
    meta.attributes !== null &&
    typeof meta.headers === 'object' &&
    meta.headers !== null &&
    typeof meta.acceptedAt === 'number'
  )
}

/** Attributes have no prototype (core, `Attributes`). */
function bare(attributes: Attributes): Attributes {
  const copy: Record<string, AttributeValue> = Object.create(null)
  return Object.assign(copy, attributes)
}
