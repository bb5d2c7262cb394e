export { source } from './scheduler-source.ts'
export type { CloudSchedulerSourceSpec } from './kind.ts'
