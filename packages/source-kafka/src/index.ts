export { source } from './kafka-source.ts'
export type { KafkaSourceSpec } from './kind.ts'
