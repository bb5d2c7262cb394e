import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA-256 over parts, one behind the other. */
export function hmacSha256(
  secret: string | Uint8Array,
  ...parts: readonly (string | Uint8Array)[]
): Uint8Array {
  const hmac = createHmac('sha256', secret)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

/** Whether two texts or byte strings are the same, in a time that tells neither where they differ nor their lengths. */
export function equalInConstantTime(left: string | Uint8Array, right: string | Uint8Array): boolean {
  return timingSafeEqual(digest(left), digest(right))
}

/** Whether a text is one of several; all are compared. */
export function isOneInConstantTime(
  sent: string | Uint8Array,
  known: Iterable<string | Uint8Array>,
): boolean {
  let found = false
  for (const each of known) found = equalInConstantTime(sent, each) || found
  return found
}

export interface SignedMessage {
  /** What was sent, bare: without a prefix such as `sha256=`. */
  readonly signature: string
  readonly encoding: 'hex' | 'base64'
  /** All that are valid now. */
  readonly secrets: Iterable<string | Uint8Array>
  /** What is signed. */
  readonly parts: readonly (string | Uint8Array)[]
}

/** Whether a signature is HMAC-SHA-256 of the parts by one of the secrets, in constant time. */
export function isSignedBy({ signature, encoding, secrets, parts }: SignedMessage): boolean {
  const sent = Buffer.from(signature, encoding)
  // node stops reading at the first character that is none of the encoding: then it is no signature
  const whole = sent.toString(encoding) === (encoding === 'hex' ? signature.toLowerCase() : signature)
  let found = false
  for (const secret of secrets) found = equalInConstantTime(sent, hmacSha256(secret, ...parts)) || found
  return found && whole
}

function digest(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer')
}
