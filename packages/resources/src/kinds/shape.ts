/** Whether a value is a map (no list, not null). */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The map at a key, or an empty one where it is missing or something else. */
export function mapAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = isMap(value) ? value[key] : undefined
  return isMap(inner) ? inner : {}
}

/** The text at a key. */
export function textAt(value: unknown, key: string): string | undefined {
  const inner = isMap(value) ? value[key] : undefined
  return typeof inner === 'string' ? inner : undefined
}
