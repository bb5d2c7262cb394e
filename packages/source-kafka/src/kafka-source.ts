import { defineSource } from '@millrace/source-sdk'
import { kafkaJsClient } from './client/kafkajs-client.ts'
import { consume } from './consume/consume.ts'
import { kafkaSourceKind, type KafkaSourceSpec } from './kind.ts'

/** KafkaSource (sources.knative.dev/v1). */
export const source = defineSource<KafkaSourceSpec>({
  kind: kafkaSourceKind,
  run: (context) => consume(context, kafkaJsClient),
})
