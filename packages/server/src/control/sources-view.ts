import type { Resource, ResourceStatus } from '@millrace/resources'

/** A kind of sources as people ask for it. */
export interface SourceKindName {
  readonly kind: string
  readonly plural: string
  readonly shortNames: readonly string[]
}

/** A column of `get`: a heading, and where its value stands in a resource. */
export interface SourceColumn {
  readonly heading: string
  readonly path: string
}

/** What is known of sources beside their manifests. */
export interface SourcesView {
  readonly kinds: () => readonly SourceKindName[]
  readonly columnsOf: (kind: string) => readonly SourceColumn[]
  /** The status that was compiled, with what was found out while the source ran. */
  readonly statusOf: (resource: Resource, compiled: ResourceStatus) => ResourceStatus
}
