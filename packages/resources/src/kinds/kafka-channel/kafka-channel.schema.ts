import { Type } from 'typebox'
import { subscribersField } from '../channel/channel.schema.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

const noKafka = 'there is no Kafka behind a channel here, events are in the store of Millrace'

/** KafkaChannel, messaging.knative.dev/v1beta1. */
export const kafkaChannelSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: Type.Optional(
      Type.Object(
        {
          numPartitions: inert(noKafka),
          replicationFactor: inert(noKafka),
          retentionDuration: inert(noKafka),
          delivery: Type.Optional(deliverySchema),
          subscribers: subscribersField,
        },
        { additionalProperties: false },
      ),
    ),
    status: inert('Millrace finds it out itself'),
  },
  { additionalProperties: false },
)
