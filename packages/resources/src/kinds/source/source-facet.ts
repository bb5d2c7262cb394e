/** What a kind of sources has beside what every kind has. */
export interface SourceFacet {
  /** The conditions of its own, in the order of life. */
  readonly conditions: readonly string[]
  readonly ceAttributes: (named: NamedSpec) => readonly CeAttributes[]
  /** The labels that say something to it. */
  readonly labels: readonly string[]
  /** Whether its own route keeps the order of what the source says belongs together. */
  readonly isOrdered: (spec: object) => boolean
  /** Its package cannot be used: why. */
  readonly missing?: MissingSource
}

/** Reason and message of a condition. */
export interface MissingSource {
  readonly reason: string
  readonly message: string
}

/** Type and source of a kind of events, as in `status.ceAttributes` of Knative's sources. */
export interface CeAttributes {
  readonly type: string
  readonly source: string
}

export interface NamedSpec {
  readonly namespace: string
  readonly name: string
  readonly spec: object
}

/** What a resource that is a source carries of its kind. */
export interface ResourceSource extends Pick<SourceFacet, 'conditions' | 'missing'> {
  readonly ceAttributes: readonly CeAttributes[]
  readonly ordered: boolean
}
