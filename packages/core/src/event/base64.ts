const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const none = 0xff
const padding = 0x3d
const digits = new Uint8Array(256).fill(none)
const letters = new Uint8Array(64)
for (let value = 0; value < 64; value++) {
  const code = alphabet.charCodeAt(value)
  digits[code] = value
  letters[value] = code
}

/** Base64 with padding, of the standard alphabet (RFC 4648, 4), as ASCII bytes. */
export function encodeBase64(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  let to = 0
  for (let from = 0; from < bytes.length; from += 3) {
    const left = bytes.length - from
    const group = (at(bytes, from) << 16) | (at(bytes, from + 1) << 8) | at(bytes, from + 2)
    text[to++] = letter(group >> 18)
    text[to++] = letter(group >> 12)
    text[to++] = left > 1 ? letter(group >> 6) : padding
    text[to++] = left > 2 ? letter(group) : padding
  }
  return text
}

/** Decodes ASCII bytes of padded standard base64; undefined where they are anything else (RFC 4648, 3.3). */
export function decodeBase64(text: Uint8Array): Uint8Array | undefined {
  const { length } = text
  if (length % 4 !== 0) return undefined
  if (length === 0) return new Uint8Array(0)
  const pads = text[length - 1] !== padding ? 0 : text[length - 2] !== padding ? 1 : 2
  const bytes = new Uint8Array((length / 4) * 3 - pads)
  let to = 0
  for (let from = 0; from < length; from += 4) {
    const last = from + 4 === length ? pads : 0
    const a = digit(text, from)
    const b = digit(text, from + 1)
    const c = last > 1 ? 0 : digit(text, from + 2)
    const d = last > 0 ? 0 : digit(text, from + 3)
    if ((a | b | c | d) > 63) return undefined
    const group = (a << 18) | (b << 12) | (c << 6) | d
    bytes[to++] = group >> 16
    if (last < 2) bytes[to++] = group >> 8
    if (last < 1) bytes[to++] = group
  }
  return bytes
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

function letter(value: number): number {
  return letters[value & 63] ?? 0
}

function digit(text: Uint8Array, index: number): number {
  return digits[text[index] ?? 0] ?? none
}
