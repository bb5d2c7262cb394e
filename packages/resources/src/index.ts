export { checkImmutable } from './checks/immutable.ts'
export { compile } from './compile/compile.ts'
export type { Compilation } from './compile/compile.ts'
export type { CompileOptions } from './compile/directory.ts'
export { formatFinding } from './finding.ts'
export type { Finding } from './finding.ts'
export { formatYaml } from './format-yaml.ts'
export { fails, holds, unknown, withReady } from './kinds/conditions.ts'
export { findKind, kinds } from './kinds/registry.ts'
export type { Kind } from './kinds/kind.ts'
export { packagedKinds } from './kinds/packaged-kinds.ts'
export { knownSinks } from './kinds/sink/known-sinks.ts'
export { missingSinkKind, sinkKind, type SinkDeclaration } from './kinds/sink/sink-kind.ts'
export { isSink, type SinkResource } from './kinds/sink/sink.schema.ts'
export { knownSources, type KnownSource } from './kinds/source/known-sources.ts'
export {
  missingSourceKind,
  sourceKind,
  type SourceDeclaration,
  type WantedKind,
} from './kinds/source/source-kind.ts'
export { isSource, type SourceResource } from './kinds/source/source.schema.ts'
export { isTrigger, type TriggerSpec } from './kinds/trigger/trigger.schema.ts'
export { loadManifests } from './manifests/load-manifests.ts'
export type { FindSource, LoadOptions, Manifests } from './manifests/load-manifests.ts'
export { nearest } from './nearest.ts'
export { lineOf, resourceKey } from './resource.ts'
export type { Condition, Metadata, Origin, Resource, ResourceStatus } from './resource.ts'
