import type { TSchema } from 'typebox'
import type { Report } from './report.ts'
import type { SinkFacet } from './sink/sink-facet.ts'
import type { SourceFacet } from './source/source-facet.ts'

/** A manifest that its kind's schema has been checked against, whatever came out. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  /** The whole of it; every rule looks before it believes a shape. */
  readonly value: Readonly<Record<string, unknown>>
}

/** What a valid manifest gives once its defaults are filled in. */
export interface Defaulted {
  readonly spec: object
  readonly annotations?: Readonly<Record<string, string>>
}

/** All that is known of a kind while manifests are read. */
export interface Kind {
  readonly kind: string
  readonly plural: string
  readonly shortNames: readonly string[]
  /** The first is the one to write. */
  readonly apiVersions: readonly [string, ...string[]]
  /** Whether events can be sent to it at `/<namespace>/<name>`. */
  readonly addressable: boolean
  readonly schema: TSchema
  /** Texts in which `${NAME}` is not replaced: CESQL, and data of events. */
  readonly verbatim: (path: string) => boolean
  /** Rules beyond the schema; a problem at a path where the schema found one is dropped. */
  readonly validate: (manifest: Manifest, report: Report) => void
  /** Called for manifests without errors. */
  readonly withDefaults: (manifest: Manifest) => Defaulted
  /** Of a kind of sources. */
  readonly source?: SourceFacet
  /** Of a kind of sinks. */
  readonly sink?: SinkFacet
}
