import { Type } from 'typebox'
import { destinationSchema } from './destination.schema.ts'

const MOST_RETRIES = 2_147_483_647

/** DeliverySpec (Knative, duck/v1). */
export const deliverySchema = Type.Object(
  {
    retry: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST_RETRIES })),
    backoffPolicy: Type.Optional(Type.Enum(['linear', 'exponential'])),
    backoffDelay: Type.Optional(Type.String({ format: 'duration' })),
    timeout: Type.Optional(Type.String({ format: 'positive-duration' })),
    retryAfterMax: Type.Optional(Type.String({ format: 'duration' })),
    format: Type.Optional(Type.Enum(['json', 'binary'])),
    deadLetterSink: Type.Optional(destinationSchema),
  },
  { title: 'DeliverySpec', additionalProperties: false },
)
