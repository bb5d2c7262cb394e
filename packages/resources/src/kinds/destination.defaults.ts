import { isMap } from './shape.ts'

/** A spec in which every `ref` without a namespace names that of its resource (Knative, Destination defaults). */
export function withReferences(
  spec: Readonly<Record<string, unknown>>,
  namespace: string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, filled(key, value, namespace)]))
}

/** Fields that mean something to a cluster only, and are kept as they stand. */
const foreign: ReadonlySet<string> = new Set(['config', 'channelTemplate'])

function filled(key: string, value: unknown, namespace: string): unknown {
  if (Array.isArray(value)) return value.map((item) => filled('', item, namespace))
  if (!isMap(value) || foreign.has(key)) return value
  return key === 'ref' ? { namespace, ...value } : withReferences(value, namespace)
}
