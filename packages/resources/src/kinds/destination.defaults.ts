import { isMap } from './shape.ts'

/** A spec in which every `ref` without a namespace names that of its resource (Knative, Destination defaults). */
export function withReferences(
  spec: Readonly<Record<string, unknown>>,
  namespace: string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, filled(key, value, namespace)]))
}

function filled(key: string, value: unknown, namespace: string): unknown {
  if (!isMap(value)) return value
  if (key === 'ref') return { namespace, ...value }
  return key === 'config' ? value : withReferences(value, namespace)
}
