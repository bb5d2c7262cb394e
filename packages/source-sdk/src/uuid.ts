import { hash } from 'node:crypto'

/** The name space of the ids that Millrace makes of names (RFC 9562, 6.6). */
const MILLRACE = '6f1a0a5e-2f0c-5d0b-9a53-7d1f6c2b8e40'

/** A UUID of version 5 (RFC 9562, 5.5): the same for the same parts, for ever. */
export function uuidOf(...parts: readonly string[]): string {
  const space = Buffer.from(MILLRACE.replaceAll('-', ''), 'hex')
  const name = Buffer.from(parts.map((part) => `${part.length}:${part}`).join(''))
  const bytes = hash('sha1', Buffer.concat([space, name]), 'buffer').subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
