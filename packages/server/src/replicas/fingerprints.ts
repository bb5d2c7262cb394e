import { createHash } from 'node:crypto'
import { resourceKey, type Resource } from '@millrace/resources'

/** By the keys of resources: what each says, in 16 digits. Where it stands in its file is left out, and so are values of Secrets. */
export type Fingerprints = ReadonlyMap<string, string>

export function fingerprintsOf(resources: readonly Resource[]): Fingerprints {
  return new Map(resources.map((resource) => [resourceKey(resource), digest(substance(resource))]))
}

/** Of all of them, in whatever order. */
export function fingerprintOf(all: Fingerprints): string {
  const lines = [...all].map(([key, print]) => `${key} ${print}`)
  return digest(lines.toSorted().join('\n'))
}

/** What differs, by the keys of resources: `other` has another one, or only one of the two has it. */
export function differences(
  own: Fingerprints,
  other: Fingerprints,
): ReadonlyMap<string, 'another' | 'missing there' | 'missing here'> {
  const found = new Map<string, 'another' | 'missing there' | 'missing here'>()
  for (const [key, print] of own) {
    const there = other.get(key)
    if (there === undefined) found.set(key, 'missing there')
    else if (there !== print) found.set(key, 'another')
  }
  for (const key of other.keys()) if (!own.has(key)) found.set(key, 'missing here')
  return found
}

function substance({ apiVersion, kind, metadata, spec }: Resource): unknown {
  const { namespace, name, annotations, labels } = metadata
  return [apiVersion, kind, namespace, name, annotations, labels, kind === 'Secret' ? namesIn(spec) : spec]
}

function namesIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, namesIn(member)]))
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 16)
}

/** The order of keys says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
