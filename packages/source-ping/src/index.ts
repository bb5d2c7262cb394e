export { source } from './ping-source.ts'
export type { PingSourceSpec } from './kind.ts'
