export { source } from './storage-source.ts'
export type { CloudStorageSourceSpec } from './kind.ts'
