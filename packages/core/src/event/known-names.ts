import { isAttributeName } from './attribute-name.ts'
import { reserved } from './reserved-names.ts'

/**
 * Names that most events have. Nothing depends on a name being here: taking these strings instead of making
 * new ones from each message's bytes is what keeps reading and writing an event within its few microseconds.
 */
const names = [
  'id',
  'type',
  'time',
  'data',
  'source',
  'subject',
  'schemaurl',
  'dataschema',
  'tracestate',
  'specversion',
  'traceparent',
  'data_base64',
  'partitionkey',
  'datacontenttype',
  'knativebrokerttl',
  'knativearrivaltime',
]

/** The others are refused where they are met. */
const sent = names.filter((name) => isAttributeName(name) && !reserved.has(name))
const ofHeader = new Map(sent.map((name) => [`ce-${name}`, name]))
const headerOf = new Map(names.map((name) => [name, `ce-${name}`]))
const byLength: { readonly name: string; readonly bytes: Uint8Array }[][] = []
for (const name of names) {
  const bytes = Uint8Array.from(name, (character) => character.charCodeAt(0))
  ;(byLength[name.length] ??= []).push({ name, bytes })
}

/** The known name that a header in lower case carries; one that a header must not carry is none. */
export function nameOfHeader(header: string): string | undefined {
  return ofHeader.get(header)
}

/** The header of an attribute. */
export function headerOfName(name: string): string {
  return headerOf.get(name) ?? `ce-${name}`
}

/** The known name that stands from `start` to `end`. */
export function knownName(bytes: Uint8Array, start: number, end: number): string | undefined {
  const candidates = byLength[end - start]
  if (candidates === undefined) return undefined
  return candidates.find((candidate) => stands(candidate.bytes, bytes, start))?.name
}

function stands(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < name.length; index++) if (name[index] !== bytes[start + index]) return false
  return true
}
