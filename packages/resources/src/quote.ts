const LONGEST = 60

/** A value as it stands in a message: JSON, cut, without control characters and credentials. */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? 'an empty map' : 'a map'
  const text = typeof value === 'string' ? withoutCredentials(value) : String(value)
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return typeof value === 'string' ? JSON.stringify(cut) : cut
}

/** A URL's text with its `user:password@` left out. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')
}
