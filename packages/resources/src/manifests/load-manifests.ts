import type { Finding } from '../finding.ts'
import type { Resource } from '../resource.ts'
import { checkNames } from '../checks/names.ts'
import type { Claim } from '../checks/names.ts'
import type { Kind } from '../kinds/kind.ts'
import { kinds } from '../kinds/registry.ts'
import { wantedKind, type WantedKind } from '../kinds/source/source-kind.ts'
import { Breather } from './breather.ts'
import { oneNoticeEach } from './one-notice.ts'
import { otherKinds } from './other-kinds.ts'
import { readDocuments } from './read-documents.ts'
import type { RawManifest } from './read-documents.ts'
import { readTexts } from './read-texts.ts'
import { readManifest } from './read-manifest.ts'
import type { OtherKind } from './read-manifest.ts'

export interface LoadOptions {
  /** For `${NAME}` in texts. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What `-` reads. */
  readonly stdin?: () => Promise<string>
  /** Kinds that are not Millrace's are errors, not notices. */
  readonly strict?: boolean
  /** Finds the kind of a source or a sink in its package; without it there are none. Called once for each kind. */
  readonly findSource?: FindSource
}

export type FindSource = (wanted: WantedKind) => Promise<Kind | undefined>

/** All that the given files hold. Where a finding is an error, the set is not fit to be compiled. */
export interface Manifests {
  readonly resources: Resource[]
  readonly findings: Finding[]
}

/**
 * Reads files and folders (`-` is standard input), each of several documents, and finds everything
 * that is wrong with them at once. It never throws for what they hold.
 */
export async function loadManifests(paths: readonly string[], options: LoadOptions): Promise<Manifests> {
  const { texts, findings } = await readTexts(paths, options.stdin)
  const breather = new Breather()
  const raw: RawManifest[] = []
  for (const { file, text } of texts) {
    const documents = await readDocuments(file, text, breather)
    raw.push(...documents.manifests)
    findings.push(...documents.findings)
  }

  const sources = await findSources(raw, options.findSource)
  const others: OtherKind[] = []
  const claims: Claim[] = []
  const resources: Resource[] = []
  for (const one of raw) {
    await breather.breathe()
    const manifest = readManifest(one, options.env, sources)
    if (manifest.kind === 'other') others.push(manifest.other)
    else findings.push(...manifest.findings)
    if (manifest.kind !== 'ours') continue
    claims.push(manifest.claim)
    if (manifest.resource !== undefined) resources.push(manifest.resource)
  }
  findings.push(...otherKinds(others, options.strict ?? false))
  findings.push(...checkNames(claims, (name) => placeOf(name, sources)))
  const files = texts.map(({ file }) => file)
  return { resources, findings: oneNoticeEach(inOrder(findings, files)) }
}

/** The kinds of the sources among the manifests. */
async function findSources(raw: readonly RawManifest[], find: FindSource | undefined): Promise<Kind[]> {
  const wanted = new Map<string, WantedKind>()
  for (const { value } of raw) {
    const want = wantedKind(value)
    if (want === undefined) continue
    const known = kinds.some(
      ({ kind, apiVersions }) => kind === want.kind && apiVersions.includes(want.apiVersion),
    )
    if (!known) wanted.set(JSON.stringify(want), want)
  }
  if (find === undefined) return []
  const found = await Promise.all([...wanted.values()].map(find))
  return found.filter((kind) => kind !== undefined)
}

/** Sources have no path, but their names are one with those of addressables; sinks have one. */
function placeOf(name: string, sources: readonly Kind[]): 'path' | 'name' | undefined {
  const found = sources.find(({ kind }) => kind === name)
  if (found !== undefined) return found.addressable ? 'path' : 'name'
  return kinds.some(({ kind, addressable }) => kind === name && addressable) ? 'path' : undefined
}

/** As the files are read, line by line. */
function inOrder(findings: readonly Finding[], files: readonly string[]): Finding[] {
  const rank = new Map(files.map((file, index) => [file, index]))
  return findings.toSorted(
    (left, right) => (rank.get(left.file) ?? -1) - (rank.get(right.file) ?? -1) || left.line - right.line,
  )
}
