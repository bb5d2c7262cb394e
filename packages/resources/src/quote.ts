const LONGEST = 60

/** A value as it stands in a message: JSON, cut, without control characters and credentials. */
export function quote(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(cut(withoutCredentials(value)))
    case 'number':
    case 'boolean':
    case 'bigint':
      return cut(String(value))
    case 'undefined':
      return 'nothing'
    default:
      return structure(value)
  }
}

function structure(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'empty'
  const empty = Object.keys(value).length === 0
  return `${empty ? 'an empty' : 'a'} ${Array.isArray(value) ? 'list' : 'map'}`
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** A URL's text with its `user:password@` left out. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')
}
