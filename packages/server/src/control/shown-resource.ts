import type { Resource } from '@millrace/resources'

/** kubectl keeps a copy of the whole manifest, a Secret's values too, in this annotation. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** A resource as anybody may see it: no values of Secrets, no passwords in URLs, its line. */
export function shownResource(resource: Resource): Omit<Resource, 'status'> {
  const { apiVersion, kind, metadata, spec, origin } = resource
  const { [lastApplied]: _, ...annotations } = metadata.annotations
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, annotations },
    spec: (kind === 'Secret' ? withoutValues(spec) : withoutPasswords(spec)) as Resource['spec'],
    origin: { file: origin.file, line: origin.line },
  }
}

function withoutPasswords(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1***@')
  return walk(value, withoutPasswords)
}

function withoutValues(value: unknown): unknown {
  return typeof value === 'string' ? '***' : walk(value, withoutValues)
}

function walk(value: unknown, each: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(each)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, each(member)]))
}
