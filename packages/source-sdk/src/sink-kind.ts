import type { SourceKind } from './source-kind.ts'

/** All that is known of a kind of sinks while manifests are read: as of sources, but that a sink leads out. */
export interface SinkKind<Spec extends object = object> extends Omit<SourceKind<Spec>, 'ceAttributes'> {
  /** Where events go, for people and for `knativeerrordest`: a URI such as `kafka://kafka:9092/orders`, without secrets. */
  address(spec: Spec): string
}
