import { didYouMean } from '../nearest.ts'
import type { Kind } from './kind.ts'
import { clusterKinds, configurationKinds, groupMeant, isOurGroup, laterKinds } from './later.ts'
import { packagedKinds } from './packaged-kinds.ts'
import { kinds } from './registry.ts'
import type { Problem } from './report.ts'

/** What a manifest says it is: a kind of ours, somebody else's, or a mistake. */
export type Identity =
  | { readonly kind: 'ours'; readonly ours: Kind }
  | { readonly kind: 'other' }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** What a manifest is by its head; `sources` are the kinds of sources and sinks that were found for the manifests. */
export function identify(apiVersion: string, name: string, sources: readonly Kind[] = []): Identity {
  const same = [...kinds, ...sources].filter(({ kind }) => kind === name)
  const exact = same.find(({ apiVersions }) => apiVersions.includes(apiVersion))
  if (exact !== undefined) return { kind: 'ours', ours: exact }
  const group = groupOf(apiVersion)
  const wrongVersion = same.find(({ apiVersions }) => groupOf(apiVersions[0]) === group)
  if (wrongVersion !== undefined) return problem('apiVersion', wrongApiVersion(apiVersion, wrongVersion))
  if (isOurGroup(group)) return inOurGroup(apiVersion, name, sources)
  const meant = groupMeant(group)
  if (meant === undefined) return { kind: 'other' }
  return problem('apiVersion', `is "${apiVersion}", a group that is not known, did you mean "${meant}"?`)
}

function inOurGroup(apiVersion: string, name: string, sources: readonly Kind[]): Identity {
  if (configurationKinds.includes(name)) return { kind: 'other' }
  const elsewhere = [...kinds, ...sources, ...packagedKinds].find(({ kind }) => kind === name)
  if (elsewhere !== undefined) return problem('apiVersion', wrongApiVersion(apiVersion, elsewhere))
  if (laterKinds.includes(name)) {
    const message = `${name} is not supported by this version yet, which has ${ourKinds()}`
    return problem('kind', message)
  }
  const instead = clusterKinds[name]
  if (instead !== undefined) {
    const message = `${name} is for a Kubernetes cluster and is skipped: ${instead}`
    return { kind: 'problem', problem: { severity: 'warning', path: 'kind', message } }
  }
  const candidates = [
    ...[...kinds, ...packagedKinds].map(({ kind }) => kind),
    ...laterKinds,
    ...Object.keys(clusterKinds),
  ]
  const otherwise = `this version has ${ourKinds()}`
  return problem(
    'kind',
    `is "${name}", no kind of ${groupOf(apiVersion)}, ${didYouMean(name, candidates, otherwise)}`,
  )
}

function wrongApiVersion(
  apiVersion: string,
  { kind, apiVersions }: Pick<Kind, 'kind' | 'apiVersions'>,
): string {
  return `is "${apiVersion}", must be ${apiVersions.map((version) => `"${version}"`).join(' or ')} for a ${kind}`
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** The kinds of this version in words. */
export function ourKinds(): string {
  const names = [...kinds, ...packagedKinds].map(({ kind, apiVersions }) =>
    apiVersions[0] === 'v1' ? `${kind} (v1)` : kind,
  )
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

function problem(path: string, message: string): Identity {
  return { kind: 'problem', problem: { path, message } }
}
