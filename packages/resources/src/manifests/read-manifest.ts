import { checkAnnotations } from '../annotations/check-annotations.ts'
import type { Claim } from '../checks/names.ts'
import { checkSchema } from '../checks/schema-check.ts'
import type { Finding } from '../finding.ts'
import { identify } from '../kinds/identify.ts'
import type { Kind, Manifest } from '../kinds/kind.ts'
import type { Problem } from '../kinds/report.ts'
import { isMap, mapAt, textAt } from '../kinds/shape.ts'
import type { ResourceSink, SinkFacet } from '../kinds/sink/sink-facet.ts'
import type { ResourceSource, SourceFacet } from '../kinds/source/source-facet.ts'
import { quote } from '../quote.ts'
import type { Metadata, Resource } from '../resource.ts'
import { pruneEmpty } from './prune-empty.ts'
import type { RawManifest } from './read-documents.ts'
import { substitute } from './substitute.ts'

/** What one manifest came to. */
export type ReadManifest =
  /** Of a kind of ours; there is a resource where it has no error. */
  | {
      readonly kind: 'ours'
      /** Its name, right or wrong as it may be otherwise. */
      readonly claim: Claim
      readonly resource: Resource | undefined
      readonly findings: readonly Finding[]
    }
  | { readonly kind: 'other'; readonly other: OtherKind }
  | { readonly kind: 'nothing'; readonly findings: readonly Finding[] }

/** A manifest that is not for Millrace. */
export interface OtherKind extends Pick<Resource, 'apiVersion' | 'kind' | 'origin'> {
  readonly name: string
}

/** Checks one manifest against its kind: substitution, schema, annotations, rules, defaults. */
export function readManifest(
  raw: RawManifest,
  env: Readonly<Record<string, string | undefined>>,
  sources: readonly Kind[] = [],
): ReadManifest {
  const { value, origin } = raw
  if (!isMap(value)) {
    const message = `is ${quote(value)}, must be a map with apiVersion, kind, metadata and spec`
    return nothing(raw, [{ path: '', message }])
  }
  const { apiVersion, kind: name } = value
  if (typeof apiVersion !== 'string' || typeof name !== 'string') {
    return nothing(raw, headProblems(value))
  }
  const identity = identify(apiVersion, name, sources)
  switch (identity.kind) {
    case 'other':
      return { kind: 'other', other: { apiVersion, kind: name, name: nameOf(raw), origin } }
    case 'problem':
      return nothing(raw, [identity.problem])
    case 'ours':
      return readWithPackage(raw, identity.ours, apiVersion, env)
  }
}

/** What somebody's package does wrong (its schema, its rules) is wrong with the manifests that name it, and ends nothing. */
function readWithPackage(
  raw: RawManifest,
  kind: Kind,
  apiVersion: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadManifest {
  try {
    return readOurs(raw, kind, apiVersion, env)
  } catch (err) {
    if (kind.source === undefined && kind.sink === undefined) throw err
    const message = `cannot be checked, the package of ${kind.kind} fails: ${(err as Error).message}`
    const claim = { kind: kind.kind, metadata: metadataOf(raw.value), origin: raw.origin }
    return {
      kind: 'ours',
      claim,
      resource: undefined,
      findings: findingsOf(raw, [{ path: 'spec', message }]),
    }
  }
}

function readOurs(
  raw: RawManifest,
  kind: Kind,
  apiVersion: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadManifest {
  const problems: Problem[] = []
  const report = (problem: Problem) => {
    if (!problems.some(({ path }) => path === problem.path)) problems.push(problem)
  }
  const value = substitute(pruneEmpty(raw.value), { env, verbatim: kind.verbatim, report })
  const metadata = metadataOf(value)
  const manifest: Manifest = { apiVersion, kind: kind.kind, ...metadata, value: isMap(value) ? value : {} }
  // Two things may be wrong with one field, so the schema's and the annotations' problems all stand.
  const unset = new Set(problems.map(({ path }) => path))
  if (goesByLabels(kind, value)) unset.add('metadata.labels')
  problems.push(...checkSchema(kind, value).filter(({ path }) => !unset.has(path)))
  problems.push(...checkAnnotations(manifest, kind).filter(({ path }) => !unset.has(path)))
  kind.validate(manifest, report)
  const valid = problems.every(({ severity = 'error' }) => severity !== 'error')
  return {
    kind: 'ours',
    claim: { kind: kind.kind, metadata, origin: raw.origin },
    resource: valid ? resourceOf(kind, manifest, metadata, raw) : undefined,
    findings: findingsOf(raw, problems),
  }
}

/** Whether each label says something to the kind: then they have an effect. */
function goesByLabels({ source }: Kind, value: unknown): boolean {
  const names = Object.keys(mapAt(mapAt(value, 'metadata'), 'labels'))
  return names.length > 0 && names.every((name) => source?.labels.includes(name) === true)
}

function resourceOf(kind: Kind, manifest: Manifest, metadata: Metadata, { origin }: RawManifest): Resource {
  const { spec, annotations } = kind.withDefaults(manifest)
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    metadata: { ...metadata, annotations: { ...annotations, ...metadata.annotations } },
    spec: spec as Readonly<Record<string, unknown>>,
    origin,
    ...(kind.source !== undefined && { source: sourceOf(kind.source, metadata, spec) }),
    ...(kind.sink !== undefined && { sink: sinkOf(kind.sink, spec) }),
  }
}

function sourceOf(
  { conditions, missing, ceAttributes, isOrdered }: SourceFacet,
  { namespace, name }: Metadata,
  spec: object,
): ResourceSource {
  return {
    conditions,
    ceAttributes: ceAttributes({ namespace, name, spec }),
    ordered: isOrdered(spec),
    ...(missing !== undefined && { missing }),
  }
}

function sinkOf({ conditions, missing, addressOf }: SinkFacet, spec: object): ResourceSink {
  return { conditions, address: addressOf(spec), ...(missing !== undefined && { missing }) }
}

function metadataOf(value: unknown): Metadata {
  const metadata = mapAt(value, 'metadata')
  return {
    namespace: textAt(metadata, 'namespace') ?? 'default',
    name: textAt(metadata, 'name') ?? '',
    annotations: texts(mapAt(metadata, 'annotations')),
    labels: texts(mapAt(metadata, 'labels')),
  }
}

function texts(map: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(map).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(entries)
}

function headProblems(value: Readonly<Record<string, unknown>>): Problem[] {
  const example = { apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger' }
  return Object.entries(example).flatMap(([path, text]) => {
    if (typeof value[path] === 'string') return []
    const is = value[path] === undefined ? 'is missing' : `is ${quote(value[path])}`
    return [{ path, message: `${is}, must be a text such as ${text}` }]
  })
}

function nothing(raw: RawManifest, problems: readonly Problem[]): ReadManifest {
  return { kind: 'nothing', findings: findingsOf(raw, problems) }
}

function findingsOf(raw: RawManifest, problems: readonly Problem[]): Finding[] {
  const { file, lineAt } = raw.origin
  return problems.map(({ severity = 'error', path, message }) => ({
    severity,
    file,
    line: lineAt(path),
    name: nameOf(raw),
    path,
    message,
  }))
}

function nameOf({ value }: RawManifest): string {
  return textAt(mapAt(value, 'metadata'), 'name') ?? ''
}
