/** What came back for one command: replies come as buffers, numbers, lists and nulls. */
export type Reply =
  | { readonly kind: 'value'; readonly value: unknown }
  /** The server's own word: nothing was done. */
  | { readonly kind: 'error'; readonly error: Error }
  /** The connection ended first: nobody knows whether it was done. */
  | { readonly kind: 'lost' }

export function text(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString()
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A number, or undefined where the text is empty or `-`. */
export function numberOrNone(value: unknown): number | undefined {
  const written = text(value)
  return written === '' || written === '-' ? undefined : Number(written)
}

/** A flat list of names and values as pairs. */
export function pairs(value: unknown): (readonly [name: string, value: unknown])[] {
  const flat = list(value)
  return Array.from({ length: Math.floor(flat.length / 2) }, (_, n) => [text(flat[2 * n]), flat[2 * n + 1]])
}

export function isFenced(error: Error): boolean {
  return error.message.startsWith('FENCED')
}

/** The server does not know the command. */
export function isUnknownCommand(error: Error): boolean {
  return /^ERR unknown command/i.test(error.message)
}

/** The user of this connection may not ask this. */
export function isForbidden(error: Error): boolean {
  return error.message.startsWith('NOPERM')
}

/** The server has no room for more. */
export function isOutOfMemory(error: Error): boolean {
  return error.message.startsWith('OOM')
}

const away =
  /^(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|NOSCRIPT|BUSY|NOREPLICAS|MISCONF|NOAUTH|UNBLOCKED)\b/

/** The server at this address does not serve us now: another one may, or this one later. */
export function isAway(error: Error): boolean {
  return away.test(error.message) || error.message.includes('non local key')
}
