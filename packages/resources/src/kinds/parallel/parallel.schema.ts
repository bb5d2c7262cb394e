import { Type, type Static } from 'typebox'
import type { Resource } from '../../resource.ts'
import { templateField } from '../channel-template.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { destinationSchema } from '../destination.schema.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

const branch = Type.Object(
  {
    filter: Type.Optional(destinationSchema),
    subscriber: destinationSchema,
    reply: Type.Optional(destinationSchema),
    delivery: Type.Optional(deliverySchema),
  },
  { additionalProperties: false },
)

const parallelSpec = Type.Object(
  {
    branches: Type.Array(branch, { minItems: 1, expected: 'a list of one branch or more' }),
    channelTemplate: templateField,
    reply: Type.Optional(destinationSchema),
  },
  { additionalProperties: false },
)

/** Parallel, flows.knative.dev/v1. */
export const parallelSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: parallelSpec,
    status: inert('Millrace finds it out itself'),
  },
  { additionalProperties: false },
)

export type ParallelSpec = Static<typeof parallelSpec>

export function isParallel(resource: Resource): resource is Resource<ParallelSpec> {
  return resource.kind === 'Parallel'
}
