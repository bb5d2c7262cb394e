export { source } from './cloud-build-source.ts'
export type { CloudBuildSourceSpec } from './kind.ts'
