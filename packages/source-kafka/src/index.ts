export { source } from './kafka-source.ts'
export type { KafkaSourceSpec } from './kind.ts'
export { sink } from './sink/kafka-sink.ts'
export type { KafkaSinkSpec } from './sink/kind.ts'
