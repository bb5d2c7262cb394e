/** A string member of a JSON body; undefined where there is none, or it is empty. */
export function stringField(body: unknown, name: string): string | undefined {
  const value = field(body, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A member that is a list of strings, at most `most` of them. */
export function stringsField(body: unknown, name: string, most: number): readonly string[] | undefined {
  const value = field(body, name)
  if (!Array.isArray(value) || value.length > most) return undefined
  return value.every((each) => typeof each === 'string') ? value : undefined
}

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined
}
