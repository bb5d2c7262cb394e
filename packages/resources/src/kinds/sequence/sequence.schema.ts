import { Type, type Static } from 'typebox'
import type { Resource } from '../../resource.ts'
import { templateField } from '../channel-template.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { destinationSchema } from '../destination.schema.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

/** A Destination with its delivery beside it. */
const step = Type.Object(
  { ...destinationSchema.properties, delivery: Type.Optional(deliverySchema) },
  { additionalProperties: false },
)

const sequenceSpec = Type.Object(
  {
    steps: Type.Array(step, { minItems: 1, expected: 'a list of one step or more' }),
    channelTemplate: templateField,
    reply: Type.Optional(destinationSchema),
  },
  { additionalProperties: false },
)

/** Sequence, flows.knative.dev/v1. */
export const sequenceSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: sequenceSpec,
    status: inert('Millrace finds it out itself'),
  },
  { additionalProperties: false },
)

export type SequenceSpec = Static<typeof sequenceSpec>

export function isSequence(resource: Resource): resource is Resource<SequenceSpec> {
  return resource.kind === 'Sequence'
}
