import { decodeBase64, encodeBase64 } from './base64.ts'
import type { CloudEvent } from './cloud-event.ts'
import type { HttpMessage, WriteOptions } from './http-message.ts'
import { isJson } from './json-text.ts'
import { isJsonType, isTextType } from './media-type.ts'
import { contentType, saysBase64 } from './structured-data.ts'
import { escapedUri } from './uri.ts'
import { utf8Bytes, utf8Text } from './utf8.ts'

const openBracket = 0x5b
const comma = 0x2c
const closeBracket = 0x5d
const end = utf8Bytes('}')
const quotedEnd = utf8Bytes('"}')
/** Attributes that are URIs; as such they are written. */
const uris = new Set(['source', 'dataschema', 'schemaurl'])

/** The event in structured mode, in the JSON format; data that is JSON text stands in it as it is. */
export function toStructured(event: CloudEvent, options: WriteOptions = {}): HttpMessage {
  const body = join(parts(event, options.omit))
  return { headers: ['content-type', 'application/cloudevents+json'], body }
}

/** Several events in one message (JSON format, 4). */
export function toBatch(events: readonly CloudEvent[], options: WriteOptions = {}): HttpMessage {
  const pieces: Uint8Array[] = [Uint8Array.of(openBracket)]
  for (const [index, event] of events.entries()) {
    if (index > 0) pieces.push(Uint8Array.of(comma))
    pieces.push(...parts(event, options.omit))
  }
  pieces.push(Uint8Array.of(closeBracket))
  return { headers: ['content-type', 'application/cloudevents-batch+json'], body: join(pieces) }
}

/** The JSON text of the structured form. */
export function structuredText(event: CloudEvent): string {
  return utf8Text(join(parts(event, undefined))) ?? ''
}

function parts(event: CloudEvent, omit: string | undefined): Uint8Array[] {
  const { data } = event
  if (data === undefined) return [utf8Bytes(`${openMembers(event, omit, 'as it is')}}`)]
  const { name, quoted, content, coding } = dataMember(event, data)
  const head =
    openMembers(event, omit, coding) + (coding === 'base64' ? ',"datacontentencoding":"base64"' : '')
  return [utf8Bytes(`${head},"${name}":${quoted ? '"' : ''}`), content, quoted ? quotedEnd : end]
}

interface DataMember {
  readonly name: 'data' | 'data_base64'
  /** The content goes between quotes. */
  readonly quoted: boolean
  readonly content: Uint8Array
  /** What becomes of a 0.3 event's `datacontentencoding`: it stays, or it says anew how the data is coded. */
  readonly coding: 'as it is' | 'none' | 'base64'
}

/** Where the data goes (JSON format, 3.1.1): text of JSON as it is, text as a string, all else as base64. */
function dataMember({ attributes, dataForm }: CloudEvent, data: Uint8Array): DataMember {
  if (dataForm === 'json') return { name: 'data', quoted: false, content: data, coding: 'as it is' }
  const old = attributes.specversion === '0.3'
  if (old && saysBase64(attributes) && decodeBase64(data) !== undefined)
    return { name: 'data', quoted: true, content: data, coding: 'as it is' }
  const coding = old ? 'none' : 'as it is'
  const type = contentType(attributes)
  if (isJsonType(type) && isJson(data)) return { name: 'data', quoted: false, content: data, coding }
  const text = type !== undefined && isTextType(type) ? utf8Text(data) : undefined
  if (text !== undefined)
    return { name: 'data', quoted: false, content: utf8Bytes(JSON.stringify(text)), coding }
  const content = encodeBase64(data)
  return old
    ? { name: 'data', quoted: true, content, coding: 'base64' }
    : { name: 'data_base64', quoted: true, content, coding }
}

/** The object up to its data, without the closing brace. */
function openMembers(
  { attributes }: CloudEvent,
  omit: string | undefined,
  coding: DataMember['coding'],
): string {
  let text = ''
  for (const name in attributes) {
    if (name === omit || (name === 'datacontentencoding' && coding !== 'as it is')) continue
    const value = attributes[name]
    const written = typeof value === 'string' && uris.has(name) ? (escapedUri(value) ?? value) : value
    text += `${text === '' ? '{' : ','}"${name}":${JSON.stringify(written)}`
  }
  return text
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const piece of pieces) length += piece.length
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
