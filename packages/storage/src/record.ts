import { NewAttributes } from '@millrace/core'
import type { Attached, Attributes, CloudEvent, EventRecord, Failure } from '@millrace/core'

/** The version of the stored form; a store holds records of this version or older ones. */
const version = 1
const head = 5
const none = new Uint8Array()
const strict = new TextDecoder('utf-8', { fatal: true })

/** A stored record cannot be read: damaged, or written by a newer version. */
export class UnreadableRecordError extends Error {}

interface EventMeta {
  attributes: Attributes
  headers: Readonly<Record<string, string>>
  acceptedAt: number
  form?: 'json' | 'none'
}

interface Meta extends EventMeta {
  failure?: Failure
  /** `bytes`: the length of its data, which stands behind the event's own. */
  attached?: EventMeta & { as: Attached['as']; bytes: number }
}

/**
 * The stored form, the same in every store: `u8 version | u32 length | meta JSON | data`, and behind it
 * the data of an attached event. Small ones are views of a pool that others share: memory of their own would
 * cost twice as much as all the rest. Who keeps one for long, keeps a copy.
 */
export function encodeRecord(record: EventRecord): Uint8Array {
  const { event, failure, attached } = record
  const meta: Meta = metaOf(record)
  if (failure !== undefined) meta.failure = failure
  const more = attached?.event.data
  if (attached !== undefined)
    meta.attached = { as: attached.as, ...metaOf(attached), bytes: more?.length ?? 0 }
  const text = JSON.stringify(meta)
  const length = Buffer.byteLength(text)
  // all of it is written, so it need not be zeroed
  const bytes = Buffer.allocUnsafe(head + length + (event.data?.length ?? 0) + (more?.length ?? 0))
  bytes[0] = version
  bytes.writeUInt32BE(length, 1)
  bytes.write(text, head)
  if (event.data !== undefined) bytes.set(event.data, head + length)
  if (more !== undefined) bytes.set(more, bytes.length - more.length)
  // a Buffer's own `slice` would be no copy
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Where the data begins. */
function headLength(bytes: Uint8Array): number {
  if (bytes.length < head) throw new UnreadableRecordError(`a record of ${bytes.length} bytes is too short`)
  if (bytes[0] !== version) throw new UnreadableRecordError(`unknown record version ${bytes[0]}`)
  const length = head + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
  if (length > bytes.length) throw new UnreadableRecordError('the record is cut off')
  return length
}

/** A copy of a record without the data, for `decodeRecordHead`; what cannot be read stays as it is. */
export function recordHead(bytes: Uint8Array): Uint8Array {
  try {
    return bytes.slice(0, headLength(bytes))
  } catch {
    return bytes
  }
}

/**
 * Reads a record, or only its head, without the data of its events.
 * @throws {UnreadableRecordError}
 */
export function decodeRecordHead(bytes: Uint8Array): EventRecord {
  const meta = parseMeta(bytes.subarray(head, headLength(bytes)))
  const { failure, attached } = meta
  return {
    ...eventOf({ ...meta, form: 'none' }, none),
    ...(failure === undefined ? {} : { failure }),
    ...(attached === undefined
      ? {}
      : { attached: { as: attached.as, ...eventOf({ ...attached, form: 'none' }, none) } }),
  }
}

/**
 * Reads the stored form; the data is a view of `bytes`.
 * @throws {UnreadableRecordError}
 */
export function decodeRecord(bytes: Uint8Array): EventRecord {
  const length = headLength(bytes)
  const meta = parseMeta(bytes.subarray(head, length))
  const { failure, attached } = meta
  const rest = bytes.subarray(length)
  if (attached !== undefined && !(attached.bytes <= rest.length))
    throw new UnreadableRecordError('the record is cut off')
  const end = rest.length - (attached?.bytes ?? 0)
  return {
    ...eventOf(meta, rest.subarray(0, end)),
    ...(failure === undefined ? {} : { failure }),
    ...(attached === undefined
      ? {}
      : { attached: { as: attached.as, ...eventOf(attached, rest.subarray(end)) } }),
  }
}

function metaOf({ event, headers, acceptedAt }: Omit<EventRecord, 'failure' | 'attached'>): EventMeta {
  const meta: EventMeta = { attributes: event.attributes, headers, acceptedAt }
  if (event.data === undefined) meta.form = 'none'
  else if (event.dataForm === 'json') meta.form = 'json'
  return meta
}

function eventOf({ attributes, headers, acceptedAt, form }: EventMeta, data: Uint8Array): EventRecord {
  const event: CloudEvent = {
    attributes: bare(attributes),
    data: form === 'none' ? undefined : data,
    dataForm: form === 'json' ? 'json' : 'binary',
  }
  return { event, headers, acceptedAt }
}

function parseMeta(bytes: Uint8Array): Meta {
  let meta: unknown
  try {
    meta = JSON.parse(strict.decode(bytes))
  } catch (cause) {
    throw new UnreadableRecordError('the record has no readable attributes', { cause })
  }
  if (!isMeta(meta) || (meta.attached !== undefined && !isMeta(meta.attached)))
    throw new UnreadableRecordError('the record lacks attributes, headers or acceptedAt')
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
  return Object.assign(new NewAttributes(), attributes)
}
