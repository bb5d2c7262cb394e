import { Type } from 'typebox'
import { subscribersField } from '../channel/channel.schema.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

/** InMemoryChannel, messaging.knative.dev/v1. */
export const inMemoryChannelSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: Type.Optional(
      Type.Object(
        {
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
