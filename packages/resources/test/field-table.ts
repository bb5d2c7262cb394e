import type { TSchema } from 'typebox'
import { isMap, mapAt } from '../src/kinds/shape.ts'

/** One field of a kind, or of what several kinds share. */
export interface Field {
  readonly path: string
  readonly class: 'enforced' | 'inert' | 'refused'
  /** Why it is inert or refused. */
  readonly reason: string | undefined
}

/** Every field of a schema. What has a title is shared, and listed once for itself. */
export function fieldsOf(schema: TSchema, path = ''): Field[] {
  return Object.entries(mapAt(schema, 'properties')).flatMap(([name, value]) => {
    const at = path === '' ? name : `${path}.${name}`
    const inner = isMap(value) ? value : {}
    return [{ path: at, ...classOf(inner) }, ...below(inner, at)]
  })
}

function below(schema: Readonly<Record<string, unknown>>, path: string): Field[] {
  const items = schema['items']
  if (isMap(items)) return 'title' in items ? [] : fieldsOf(items, `${path}[]`)
  return 'title' in schema ? [] : fieldsOf(schema, path)
}

function classOf({ inert, refused }: Readonly<Record<string, unknown>>): Omit<Field, 'path'> {
  if (typeof inert === 'string') return { class: 'inert', reason: inert }
  if (typeof refused === 'string') return { class: 'refused', reason: refused }
  return { class: 'enforced', reason: undefined }
}
