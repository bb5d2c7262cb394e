import type { MissingSource } from '../source/source-facet.ts'

/** What a kind of sinks has beside what every kind has. */
export interface SinkFacet {
  /** The conditions of its own, in the order of life. */
  readonly conditions: readonly string[]
  readonly addressOf: (spec: object) => string
  /** Its package cannot be used: why. */
  readonly missing?: MissingSource
}

/** What a resource that is a sink carries of its kind. */
export interface ResourceSink extends Pick<SinkFacet, 'conditions' | 'missing'> {
  /** Where its events end up, for people. */
  readonly address: string
}
