/** A JSON Schema (2020-12). Beside the keywords of the standard there are those of `SourceKind.spec`. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** All that is known of a kind of manifest while manifests are read. */
export interface SourceKind<Spec extends object = object> {
  /** Such as `KafkaSource`. */
  readonly kind: string
  /** Such as `kafkasources`. */
  readonly plural: string
  readonly shortNames?: readonly string[]
  /** The first is the one to write. */
  readonly apiVersions: readonly [string, ...string[]]
  /**
   * The `properties` of `spec` and which of them are `required`. `sink` and `ceOverrides` are the host's: it
   * adds, checks and applies them. Every object says `additionalProperties: false`, so that an unknown field
   * is an error with its line and the nearest right name. Keywords of ours, beside the standard's:
   * `expected` (what would be right, in words), `inert` (accepted, does nothing: why), `refused` (not
   * accepted: why), `secret: true` (its value never stands in a message). Formats: `duration` and
   * `positive-duration` (ISO 8601), `base64`.
   */
  readonly spec: {
    readonly properties: Readonly<Record<string, JsonSchema>>
    readonly required?: readonly string[]
  }
  /** The conditions of its own, in the order of life. The host adds `SinkProvided` and `Ready`. */
  readonly conditions: readonly [string, ...string[]]
  /** Manifests have `delivery` too, as a Trigger's: the host adds, checks and applies it. */
  readonly hasDelivery?: boolean
  /** The source's own route keeps the order of what its emissions name as `order`. */
  isOrdered?(spec: Spec): boolean
  /** The labels that say something to it; of all others a manifest's reader hears that they have no effect. */
  readonly labels?: readonly string[]
  /** Rules beyond the schema; called with whatever the schema found, so look before believing a shape. */
  readonly validate?: (manifest: SourceManifest, report: SourceReport) => void
  /** Fills in the defaults of a spec that is valid. */
  readonly withDefaults?: (spec: Readonly<Record<string, unknown>>) => Spec
  /** Texts in which `${NAME}` is not replaced, such as data of events; the path begins below `spec`. */
  readonly verbatim?: (path: string) => boolean
  /** Of `millrace get`, between name and age: a heading and a path such as `status.lag` or `spec.topics`. */
  readonly columns?: readonly SourceColumn[]
  /** Type and source of the events, for `status.ceAttributes`; left out where they vary. */
  ceAttributes?(named: Named & { readonly spec: Spec }): readonly CeAttributes[]
}

export interface Named {
  readonly namespace: string
  readonly name: string
}

export interface CeAttributes {
  readonly type: string
  readonly source: string
}

export interface SourceColumn {
  readonly heading: string
  readonly path: string
}

export interface SourceManifest extends Named {
  readonly apiVersion: string
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly spec: Readonly<Record<string, unknown>>
}

/** `path` begins below `spec`, such as `schedule`, or is a label's name; `message` says what is wrong and what would be right. */
export type SourceReport = (problem: {
  readonly severity?: 'error' | 'warning' | 'notice'
  readonly path: string
  readonly of?: 'spec' | 'labels'
  readonly message: string
}) => void

/** A key of a Secret in the source's namespace, as Knative's sources name it. */
export interface SecretKeySelector {
  readonly secretKeyRef: { readonly name: string; readonly key: string }
}

/** The schema of a `SecretKeySelector`. */
export const secretKeySelectorSchema: JsonSchema = {
  type: 'object',
  title: 'SecretKeySelector',
  properties: {
    secretKeyRef: {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1 },
        key: { type: 'string', minLength: 1 },
        optional: { inert: 'what a source needs of a Secret, it needs' },
      },
      required: ['name', 'key'],
      additionalProperties: false,
    },
  },
  required: ['secretKeyRef'],
  additionalProperties: false,
}
