import type { ErrorObject } from 'ajv'
import type { Problem } from '../kinds/report.ts'
import { mapAt } from '../kinds/shape.ts'
import { below } from '../manifests/path.ts'
import { didYouMean } from '../nearest.ts'
import { quote } from '../quote.ts'

/** What ajv found, in our words: what is wrong, what would be right. */
export function problemOf(error: ErrorObject): Problem {
  const path = pathOf(error.instancePath)
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(path, error)
    case 'required':
      return { path: below(path, String(error.params['missingProperty'])), message: missing(error) }
    case 'inert':
      return { severity: 'notice', path, message: `has no effect: ${String(error.schema)}` }
    case 'refused':
      return { path, message: `is refused: ${String(error.schema)}; leave it out` }
    default:
      return { path, message: `${found(error)}, must be ${expected(error)}` }
  }
}

/** What stands there; never the value of a Secret. */
function found({ data, parentSchema }: ErrorObject): string {
  if (parentSchema?.['secret'] !== true) return `is ${quote(data)}`
  return typeof data === 'string' ? 'is something else' : 'is no text'
}

function unknownField(path: string, { params, parentSchema }: ErrorObject): Problem {
  const field = String(params['additionalProperty'])
  const { expected: keys } = parentSchema ?? {}
  if (typeof keys === 'string')
    return { path: below(path, field), message: `is no name here, must be ${keys}` }
  const properties = mapAt(parentSchema, 'properties')
  const fields = Object.keys(properties)
  const useful = fields.filter((name) => !('inert' in mapAt(properties, name)))
  const otherwise = `the fields here are ${useful.join(', ')}`
  return { path: below(path, field), message: `unknown field, ${didYouMean(field, fields, otherwise)}` }
}

function missing({ params, parentSchema }: ErrorObject): string {
  const fields: unknown = parentSchema?.['properties']
  return `is missing, must be ${shape(mapAt(fields, String(params['missingProperty'])))}`
}

function expected({ keyword, schema, parentSchema = {}, data, params }: ErrorObject): string {
  switch (keyword) {
    case 'minimum':
      return `at least ${String(schema)}`
    case 'maximum':
      return `at most ${String(schema)}`
    case 'enum': {
      const words = (schema as readonly unknown[]).map(String)
      return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
    }
    case 'format':
      if (typeof parentSchema['expected'] === 'string') return parentSchema['expected']
      return formats[String(params['format'])] ?? String(params['format'])
    case 'type': {
      const scalar = typeof data === 'number' || typeof data === 'boolean'
      if (schema !== 'string' || !scalar) return shape(parentSchema)
      return parentSchema['secret'] === true
        ? `${shape(parentSchema)} (in quotes)`
        : `${shape(parentSchema)} (in quotes: "${data}")`
    }
    default:
      return shape(parentSchema)
  }
}

const formats: Readonly<Record<string, string>> = {
  base64: 'text in base64 (stringData takes plain text)',
  duration: 'an ISO 8601 duration such as PT0.2S',
  'positive-duration': 'an ISO 8601 duration above zero such as PT30S',
}

/** A schema in words. */
function shape(schema: Readonly<Record<string, unknown>>): string {
  const { expected: words, format, enum: values } = schema
  if (typeof words === 'string') return words
  if (typeof format === 'string') return formats[format] ?? format
  if (Array.isArray(values)) return values.join(' or ')
  switch (schema['type']) {
    case 'object':
      return 'a map'
    case 'array':
      return 'a list'
    case 'integer':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    default:
      return schema['minLength'] === 1 ? 'a text that is not empty' : 'a text'
  }
}

/** ajv's JSON pointer as our path. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? below(path, Number(part)) : below(path, part)), '')
}
