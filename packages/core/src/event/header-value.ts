import { utf8Bytes, utf8Text } from './utf8.ts'

const space = 0x20
const quote = 0x22
const percent = 0x25
const backslash = 0x5c
const hexDigits = '0123456789ABCDEF'

/** White space around a value is not part of it (RFC 9110, 5.5). */
export function trimmed(value: string): string {
  if (!isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(value.length - 1))) return value
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** Whether a header's value is the attribute's text as it stands: printable ASCII without escapes. */
export function isPlainValue(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if (code < space || code > 0x7e || code === quote || code === percent) return false
  }
  return true
}

/**
 * The attribute's text in a header's value (HTTP binding, 3.1.3.2): a quoted string is unescaped, then one
 * round of percent-decoding; bytes from 0x80 on (latin1 characters here) are taken as UTF-8. A percent sign
 * without two hexadecimal digits stands for itself: older senders do not encode. Undefined: not UTF-8.
 */
export function decodeHeaderValue(value: string): string | undefined {
  const text = unquote(value)
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const high = code === percent ? hexValue(text.charCodeAt(index + 1)) : -1
    const low = high < 0 ? -1 : hexValue(text.charCodeAt(index + 2))
    if (low < 0) bytes[length++] = code
    else {
      bytes[length++] = high * 16 + low
      index += 2
    }
  }
  return utf8Text(bytes.subarray(0, length))
}

/** A header's value for an attribute's text: all but U+0021 to U+007E without `"` and `%` is percent-encoded. */
export function encodeHeaderValue(text: string): string {
  if (isEncoded(text)) return text
  let value = ''
  for (const byte of utf8Bytes(text))
    value += mustEncode(byte) ? `%${hexDigits[byte >> 4]}${hexDigits[byte & 15]}` : String.fromCharCode(byte)
  return value
}

function isEncoded(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (mustEncode(text.charCodeAt(index))) return false
  return true
}

function mustEncode(code: number): boolean {
  return code <= space || code > 0x7e || code === quote || code === percent
}

/** The content of a value that is one quoted string (RFC 9110, 5.6.4); any other value as it is. */
function unquote(value: string): string {
  if (value.length < 2 || value.charCodeAt(0) !== quote || value.charCodeAt(value.length - 1) !== quote)
    return value
  let content = ''
  for (let index = 1; index < value.length - 1; index++) {
    const code = value.charCodeAt(index)
    if (code === quote) return value
    if (code === backslash && ++index === value.length - 1) return value
    content += value[index]
  }
  return content
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
