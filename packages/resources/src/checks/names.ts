import type { Finding } from '../finding.ts'
import { lineOf, resourceKey } from '../resource.ts'
import type { Resource } from '../resource.ts'

/** A name that a manifest takes. */
export type Claim = Pick<Resource, 'kind' | 'metadata' | 'origin'>

/**
 * Names taken twice: one resource declared in two places, addressables of two kinds that would share a
 * path (`/<namespace>/<name>`), and sources, whose names are one with those of addressables. `placeOf` says
 * what a kind takes by its name.
 */
export function checkNames(
  claims: readonly Claim[],
  placeOf: (kind: string) => 'path' | 'name' | undefined,
): Finding[] {
  const resources = new Map<string, Claim>()
  const paths = new Map<string, Claim>()
  const findings: Finding[] = []
  for (const claim of claims.filter(({ metadata }) => metadata.name !== '')) {
    const twin = resources.get(resourceKey(claim))
    if (twin !== undefined) {
      findings.push(taken(claim, `is declared twice, first at ${place(twin)}; keep one, or rename the other`))
      continue
    }
    resources.set(resourceKey(claim), claim)
    const takes = placeOf(claim.kind)
    if (takes === undefined) continue
    const { namespace, name } = claim.metadata
    const path = `/${namespace}/${name}`
    const other = paths.get(path)
    if (other === undefined) paths.set(path, claim)
    else
      findings.push(
        taken(
          claim,
          clash(takes === 'path' && placeOf(other.kind) === 'path' ? path : undefined, claim, other),
        ),
      )
  }
  return findings
}

function clash(path: string | undefined, { kind, metadata }: Claim, other: Claim): string {
  const proposal = `${metadata.name}-${kind.toLowerCase()}`
  if (path === undefined)
    return `is the name of the ${other.kind} at ${place(other)} too; sources and addressables of a namespace need names of their own, rename one, such as to "${proposal}"`
  return `takes the path ${path} of the ${other.kind} at ${place(other)}; rename one, such as to "${proposal}"`
}

function taken(claim: Claim, message: string): Finding {
  const path = 'metadata.name'
  const { name } = claim.metadata
  return { severity: 'error', file: claim.origin.file, line: lineOf(claim, path), name, path, message }
}

function place(claim: Claim): string {
  return `${claim.origin.file}:${lineOf(claim, 'metadata.name')}`
}
