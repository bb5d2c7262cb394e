import { withReferences } from '../destination.defaults.ts'
import type { Defaulted, Kind, Manifest } from '../kind.ts'
import type { Problem } from '../report.ts'
import { mapAt, textAt } from '../shape.ts'
import type { KnownSource } from './known-sources.ts'
import type { CeAttributes, MissingSource, NamedSpec } from './source-facet.ts'
import { sourceSchema, unknownSourceSchema } from './source.schema.ts'
import { validateSource } from './source.validation.ts'

type Spec = Readonly<Record<string, unknown>>

/** A kind of sources as its package declares it (`SourceKind` of the source SDK, which says what each part is). */
export interface SourceDeclaration {
  readonly kind: string
  readonly plural: string
  readonly shortNames?: readonly string[]
  readonly apiVersions: readonly [string, ...string[]]
  readonly spec: {
    readonly properties: Readonly<Record<string, object>>
    readonly required?: readonly string[]
  }
  readonly conditions: readonly string[]
  readonly hasDelivery?: boolean
  readonly labels?: readonly string[]
  readonly validate?: (manifest: DeclaredManifest, report: (problem: DeclaredProblem) => void) => void
  readonly withDefaults?: (spec: Spec) => object
  readonly verbatim?: (path: string) => boolean
  /** A method: what it takes is the spec of its own kind. */
  isOrdered?(spec: object): boolean
  ceAttributes?(named: NamedSpec): readonly CeAttributes[]
}

/** Its path begins below `spec`, or is the name of a label. */
export type DeclaredProblem = Problem & { readonly of?: 'spec' | 'labels' }

export interface DeclaredManifest extends NamedSpec {
  readonly apiVersion: string
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly spec: Spec
}

/** The kind of a declaration, with what every source has: a sink, overrides, their rules and defaults. */
export function sourceKind(declared: SourceDeclaration): Kind {
  const { kind, plural, shortNames = [], apiVersions, spec, conditions, hasDelivery = false } = declared
  return {
    kind,
    plural,
    shortNames,
    apiVersions,
    addressable: false,
    schema: sourceSchema(spec.properties, spec.required ?? [], hasDelivery),
    verbatim: (path) => path.startsWith('spec.') && (declared.verbatim?.(path.slice(5)) ?? false),
    validate(manifest, report) {
      declared.validate?.(declaredManifest(manifest), ({ of = 'spec', ...problem }) =>
        report({ ...problem, path: `${of === 'spec' ? of : `metadata.${of}`}.${problem.path}` }),
      )
      validateSource(manifest, report)
    },
    withDefaults(manifest) {
      const { own, rest } = parts(manifest)
      return { spec: { ...(declared.withDefaults?.(own) ?? own), ...rest } }
    },
    source: {
      conditions,
      ceAttributes: (named) => declared.ceAttributes?.(named) ?? [],
      labels: declared.labels ?? [],
      isOrdered: (own) => declared.isOrdered?.(own) ?? false,
    },
  }
}

/** The kind of sources whose package cannot be used: their manifests stand, and their conditions say why. */
export function missingSourceKind(named: Omit<KnownSource, 'package'>, missing: MissingSource): Kind {
  return {
    ...named,
    addressable: false,
    schema: unknownSourceSchema,
    verbatim: () => true,
    validate: validateSource,
    withDefaults(manifest): Defaulted {
      const { own, rest } = parts(manifest)
      return { spec: { ...own, ...rest } }
    },
    source: { conditions: [], labels: [], ceAttributes: () => [], isOrdered: () => false, missing },
  }
}

/** A manifest as a package looks at it. */
export function declaredManifest({ value, apiVersion, namespace, name }: Manifest): DeclaredManifest {
  const metadata = mapAt(value, 'metadata')
  return {
    apiVersion,
    namespace,
    name,
    annotations: texts(mapAt(metadata, 'annotations')),
    labels: texts(mapAt(metadata, 'labels')),
    spec: specParts(mapAt(value, 'spec')).own,
  }
}

function texts(map: Spec): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, text]) => [key, String(text)]))
}

/** The source's own fields, and those that every source has. */
function parts({ value, namespace }: Manifest): { own: Spec; rest: Spec } {
  const { own, rest } = specParts(mapAt(value, 'spec'))
  return { own, rest: withReferences(rest, namespace) }
}

function specParts({ sink, ceOverrides, delivery, ...own }: Spec): { own: Spec; rest: Spec } {
  const given = Object.entries({ sink, ceOverrides, delivery }).filter(([, value]) => value !== undefined)
  return { own, rest: Object.fromEntries(given) }
}

/** The package that a manifest names for its kind. */
export const SOURCE_PACKAGE = 'millrace.dev/source'

/** What a manifest says of its kind, before the kind is known. */
export interface WantedKind {
  readonly apiVersion: string
  readonly kind: string
  /** Of `millrace.dev/source`. */
  readonly package: string | undefined
}

export function wantedKind(value: unknown): WantedKind | undefined {
  const [apiVersion, kind] = [textAt(value, 'apiVersion'), textAt(value, 'kind')]
  if (apiVersion === undefined || kind === undefined) return undefined
  const named = textAt(mapAt(mapAt(value, 'metadata'), 'annotations'), SOURCE_PACKAGE)
  return { apiVersion, kind, package: named }
}
