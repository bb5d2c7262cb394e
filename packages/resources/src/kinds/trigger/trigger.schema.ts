import type { FilterExpression } from '@millrace/core'
import { Type, type Static } from 'typebox'
import type { Resource } from '../../resource.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { destinationSchema, referenceSchema } from '../destination.schema.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

const triggerSpec = Type.Object(
  {
    broker: Type.Optional(Type.String({ minLength: 1 })),
    brokerRef: Type.Optional(referenceSchema),
    filter: Type.Optional(
      Type.Object(
        { attributes: Type.Optional(Type.Record(Type.String(), Type.String())) },
        { additionalProperties: false },
      ),
    ),
    filters: Type.Optional(Type.Array(Type.Unsafe<FilterExpression>(Type.Ref('filter')))),
    subscriber: destinationSchema,
    delivery: Type.Optional(deliverySchema),
  },
  { additionalProperties: false },
)

/** Trigger, eventing.knative.dev/v1. */
export const triggerSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: triggerSpec,
    status: inert('Millrace finds it out itself'),
  },
  { additionalProperties: false },
)

/** As it is once read: `broker` stands for `brokerRef` too. */
export type TriggerSpec = Omit<Static<typeof triggerSpec>, 'broker' | 'brokerRef'> & {
  readonly broker: string
}

export function isTrigger(resource: Resource): resource is Resource<TriggerSpec> {
  return resource.kind === 'Trigger'
}
