import { decodeBase64 } from './base64.ts'
import type { Attributes, DataForm } from './cloud-event.ts'
import type { EventMembers } from './event-members.ts'
import { jsonStringText } from './json-cursor.ts'
import { isJsonType } from './media-type.ts'
import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'
import { utf8Bytes } from './utf8.ts'

const quote = 0x22
const backslash = 0x5c
const letterN = 0x6e

interface Data {
  readonly bytes: Uint8Array | undefined
  readonly form: DataForm
}

const noData: Data = { bytes: undefined, form: 'binary' }

/** The data of an event whose attributes are valid (JSON format, 3.1.2; 0.3 has `datacontentencoding`). */
export function readData({ attributes, data, base64 }: EventMembers): Data | Problem {
  if (base64 !== undefined && base64[0] !== letterN) {
    if (attributes.specversion === '0.3')
      return problem(
        'attribute-name',
        'data_base64 is of specversion 1.0; 0.3 has datacontentencoding "base64"',
      )
    if (data !== undefined)
      return problem('data-conflict', 'data and data_base64 exclude each other, send one of them')
    const bytes = base64Content(base64)
    return bytes === undefined ? notBase64('data_base64') : { bytes, form: 'binary' }
  }
  if (data === undefined) return noData
  if (isBase64Coded(attributes, data))
    return base64Content(data) === undefined ? notBase64('data') : { bytes: data, form: 'json' }
  const type = contentType(attributes)
  if (isJsonType(type) || data[0] === quote) return { bytes: data, form: 'json' }
  if (data[0] === letterN) return noData
  const rule = `data of ${printable(type ?? '')} is a JSON string of its text, or data_base64`
  return problem('data-type', `data is no string: ${rule}`)
}

/** Whether the `data` member is a 0.3 event's base64; what is no string never is (0.3, `datacontentencoding`). */
export function isBase64Coded(attributes: Attributes, data: Uint8Array): boolean {
  return attributes.specversion === '0.3' && saysBase64(attributes) && data[0] === quote
}

export function saysBase64({ datacontentencoding }: Attributes): boolean {
  return typeof datacontentencoding === 'string' && datacontentencoding.toLowerCase() === 'base64'
}

/** The bytes of a JSON string of base64; undefined where it is none. */
export function base64Content(token: Uint8Array): Uint8Array | undefined {
  if (token[0] !== quote) return undefined
  if (!token.includes(backslash)) return decodeBase64(token.subarray(1, -1))
  const text = jsonStringText(token)
  return text === undefined ? undefined : decodeBase64(utf8Bytes(text))
}

export function contentType({ datacontenttype }: Attributes): string | undefined {
  return typeof datacontenttype === 'string' ? datacontenttype : undefined
}

function notBase64(name: string): Problem {
  return problem('data-base64', `${name} is not base64 (RFC 4648, section 4, with padding)`)
}
