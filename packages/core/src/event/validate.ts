import type { Attributes } from './cloud-event.ts'
import { isMediaType } from './media-type.ts'
import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'
import { isTimestamp } from './timestamp.ts'
import { escapedUri, uriKind } from './uri.ts'

/** How the message names an attribute: by header in binary mode. */
export type Naming = (attribute: string) => string

const required = ['specversion', 'id', 'source', 'type']

export interface Known {
  /**
   * The attributes that came with percent signs in a header: senders that do not code them again write a URI's
   * own escapes there, which the reader's decoding takes away, so such a value need only be a URI with its
   * escapes put back.
   */
  readonly coded?: ReadonlySet<string> | undefined
  /** Attributes that are valid: what they have too is not looked at again. */
  readonly valid?: Attributes | undefined
}

/** The first rule of the specification that the known attributes break. */
export function validateAttributes(
  attributes: Attributes,
  naming: Naming,
  { coded, valid }: Known = {},
): Problem | undefined {
  const { specversion, id, source, type, dataschema, schemaurl, subject, time, datacontenttype } = attributes
  if (specversion === undefined || id === undefined || source === undefined || type === undefined)
    return missing(attributes, naming)
  if (specversion !== '1.0' && specversion !== '0.3') return unknownVersion(specversion, naming)
  return (
    notEmpty('id', id, naming) ??
    notEmpty('type', type, naming) ??
    notEmpty('source', source, naming) ??
    (source === valid?.source ? undefined : uri('source', source, false, naming, coded)) ??
    (specversion === '1.0'
      ? uri('dataschema', dataschema, true, naming, coded)
      : uri('schemaurl', schemaurl, false, naming, coded)) ??
    text('subject', subject, naming) ??
    (time === valid?.time ? undefined : timestamp(time, naming)) ??
    (datacontenttype === valid?.datacontenttype ? undefined : mediaType(datacontenttype, naming))
  )
}

function missing(attributes: Attributes, naming: Naming): Problem {
  const names = required.filter((name) => attributes[name] === undefined)
  const verb = names.length === 1 ? 'is' : 'are'
  return problem(
    'missing-attribute',
    `${names.map(naming).join(', ')} ${verb} required and missing`,
    names[0],
  )
}

function unknownVersion(value: unknown, naming: Naming): Problem {
  const found = printable(String(value))
  return problem(
    'unknown-specversion',
    `${naming('specversion')} is ${found}, known are "1.0" and "0.3"`,
    'specversion',
  )
}

type Value = Attributes[string] | undefined

function text(name: string, value: Value, naming: Naming): Problem | undefined {
  if (value === undefined || typeof value === 'string') return undefined
  return problem(
    'attribute-type',
    `${naming(name)} is the ${typeof value} ${value}, it must be a string`,
    name,
  )
}

function notEmpty(name: string, value: Value, naming: Naming): Problem | undefined {
  if (value === '') return problem('attribute-value', `${naming(name)} is empty, it must not be`, name)
  return text(name, value, naming)
}

function uri(
  name: string,
  value: Value,
  absolute: boolean,
  naming: Naming,
  coded: ReadonlySet<string> | undefined,
): Problem | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') return text(name, value, naming)
  const kind = uriKind(coded?.has(name) === true ? (escapedUri(value) ?? value) : value)
  if (absolute ? kind === 'absolute' : kind !== undefined) return undefined
  const rule = absolute
    ? 'an absolute URI, such as "https://example.com/schema"'
    : 'a URI-reference (RFC 3986)'
  return invalid(name, value, rule, naming)
}

function timestamp(value: Value, naming: Naming): Problem | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') return text('time', value, naming)
  const rule = 'a timestamp of RFC 3339, such as "2026-11-22T17:31:00.5Z"'
  return isTimestamp(value) ? undefined : invalid('time', value, rule, naming)
}

function mediaType(value: Value, naming: Naming): Problem | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') return text('datacontenttype', value, naming)
  const rule = 'a media type, such as "application/json"'
  return isMediaType(value) ? undefined : invalid('datacontenttype', value, rule, naming)
}

function invalid(name: string, value: string, rule: string, naming: Naming): Problem {
  return problem('attribute-value', `${naming(name)} is ${printable(value)}, it must be ${rule}`, name)
}
