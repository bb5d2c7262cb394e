import { defineSource } from '@millrace/source-sdk'
import { kafkaJsClient } from './client/kafkajs-client.ts'
import { consume } from './consume/consume.ts'
import { reset } from './consume/reset.ts'
import { kafkaSourceKind, type KafkaSourceSpec } from './kind.ts'

/** KafkaSource (sources.knative.dev/v1). */
export const source = defineSource<KafkaSourceSpec>({
  kind: kafkaSourceKind,
  run: (context) => consume(context, kafkaJsClient),
  reset: (context, to, apply) => reset(context, to, apply, kafkaJsClient),
})
