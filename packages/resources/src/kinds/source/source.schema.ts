import { Type, type Static, type TSchema } from 'typebox'
import type { Resource } from '../../resource.ts'
import { declaredFields, declaredSchema } from '../declared.schema.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { destinationSchema } from '../destination.schema.ts'
import type { ResourceSource } from './source-facet.ts'

/** CloudEventOverrides of every source (Knative, duck/v1). */
const overridesSchema = Type.Object(
  { extensions: Type.Optional(Type.Record(Type.String(), Type.String())) },
  { additionalProperties: false },
)

/** What is known of the spec of a source whose package is not there. */
const anySourceSpec = Type.Object({
  sink: Type.Optional(destinationSchema),
  ceOverrides: Type.Optional(overridesSchema),
  /** Of kinds that say so. */
  delivery: Type.Optional(deliverySchema),
})

/** What every source's spec has; only where its package is not there it may lack the sink. */
export type SourceSpec = Static<typeof anySourceSpec>

/** A source as it is compiled and run. */
export type SourceResource = Resource<SourceSpec> & { readonly source: ResourceSource }

export function isSource(resource: Resource): resource is SourceResource & Resource {
  return resource.source !== undefined
}

/** The schema of a source around the fields of its spec; `required` names those that must be there. */
export function sourceSchema(
  properties: Readonly<Record<string, object>>,
  required: readonly string[],
  hasDelivery: boolean,
): TSchema {
  return declaredSchema(
    Type.Object(
      {
        ...declaredFields(properties, required),
        ...(hasDelivery && { delivery: Type.Optional(deliverySchema) }),
        sink: destinationSchema,
        ceOverrides: Type.Optional(overridesSchema),
      },
      { additionalProperties: false },
    ),
  )
}

/** The schema of a source whose package is not there. */
export const unknownSourceSchema: TSchema = declaredSchema(anySourceSpec)
