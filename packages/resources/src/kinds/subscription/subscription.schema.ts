import { Type, type Static } from 'typebox'
import type { Resource } from '../../resource.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { destinationSchema, referenceSchema } from '../destination.schema.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

const subscriptionSpec = Type.Object(
  {
    channel: referenceSchema,
    subscriber: Type.Optional(destinationSchema),
    reply: Type.Optional(destinationSchema),
    delivery: Type.Optional(deliverySchema),
  },
  { additionalProperties: false },
)

/** Subscription, messaging.knative.dev/v1. */
export const subscriptionSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: subscriptionSpec,
    status: inert('Millrace finds it out itself'),
  },
  { additionalProperties: false },
)

export type SubscriptionSpec = Static<typeof subscriptionSpec>

export function isSubscription(resource: Resource): resource is Resource<SubscriptionSpec> {
  return resource.kind === 'Subscription'
}
