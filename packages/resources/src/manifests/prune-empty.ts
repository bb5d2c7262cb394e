import { isMap } from '../kinds/shape.ts'

/** Maps of texts: in these an empty value is a mistake, and is left for the schema to refuse. */
const maps: ReadonlySet<string> = new Set([
  'annotations',
  'attributes',
  'data',
  'exact',
  'labels',
  'prefix',
  'stringData',
  'suffix',
])

/** A value without its empty fields (`delivery:` and nothing after it), which Kubernetes prunes too. */
export function pruneEmpty(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => pruneEmpty(item))
  if (!isMap(value)) return value
  const map: Record<string, unknown> = Object.create(null)
  for (const [name, inner] of Object.entries(value)) {
    if (inner !== null || maps.has(key)) map[name] = pruneEmpty(inner, name)
  }
  return map
}
