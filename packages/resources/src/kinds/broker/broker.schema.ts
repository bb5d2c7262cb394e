import { Type, type Static } from 'typebox'
import type { Resource } from '../../resource.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

const brokerSpec = Type.Object(
  {
    config: inert('there is one kind of broker here, and the store is chosen when Millrace is started'),
    delivery: Type.Optional(deliverySchema),
  },
  { additionalProperties: false },
)

/** Broker, eventing.knative.dev/v1. */
export const brokerSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: Type.Optional(brokerSpec),
    status: inert('Millrace finds it out itself'),
  },
  { additionalProperties: false },
)

export type BrokerSpec = Static<typeof brokerSpec>

export function isBroker(resource: Resource): resource is Resource<BrokerSpec> {
  return resource.kind === 'Broker'
}
