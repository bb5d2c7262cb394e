/** What GitHub sends: a JSON object, of which nothing is believed before it is looked at. */
export type Payload = Readonly<Record<string, unknown>>

/** The value at a path of members. */
export function memberAt(payload: unknown, ...path: readonly string[]): unknown {
  let value = payload
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Payload)[name]
  }
  return value
}

export function textAt(payload: unknown, ...path: readonly string[]): string | undefined {
  const value = memberAt(payload, ...path)
  return typeof value === 'string' ? value : undefined
}

/** A text, or a number in decimal. */
export function scalarAt(payload: unknown, ...path: readonly string[]): string | undefined {
  const value = memberAt(payload, ...path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
