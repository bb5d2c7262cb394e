import type { CloudEvent } from './cloud-event.ts'
import { encodeHeaderValue } from './header-value.ts'
import type { HttpMessage, WriteOptions } from './http-message.ts'
import { isJsonType } from './media-type.ts'
import { base64Content, contentType, isBase64Coded } from './structured-data.ts'
import { jsonStringText } from './json-cursor.ts'
import { headerOfName } from './known-names.ts'
import { utf8Bytes } from './utf8.ts'

/** The event in binary mode: each attribute a ce- header, the data's own bytes as the body (HTTP binding, 3.1). */
export function toBinary(event: CloudEvent, { omit }: WriteOptions = {}): HttpMessage {
  const { attributes, data } = event
  const json = event.dataForm === 'json' && data !== undefined
  const coded = json && isBase64Coded(attributes, data)
  const headers: string[] = []
  for (const name in attributes) {
    if (name === 'datacontenttype' || name === omit || (coded && name === 'datacontentencoding')) continue
    headers.push(headerOfName(name), encodeHeaderValue(String(attributes[name])))
  }
  // without a content type the JSON format's data is JSON, and says so from here on (JSON format, 3.1.2)
  const type = contentType(attributes) ?? (json && !coded ? 'application/json' : undefined)
  if (type !== undefined) headers.push('content-type', type)
  if (!json) return { headers, body: data }
  return { headers, body: coded ? base64Content(data) : payload(data, type) }
}

/** The payload that a `data` member stands for: JSON is itself, of any other type a string is its text. */
function payload(data: Uint8Array, type: string | undefined): Uint8Array {
  return isJsonType(type) ? data : utf8Bytes(jsonStringText(data) ?? '')
}
