import { Type, type TSchema } from 'typebox'
import { inert } from './field-class.ts'
import { metadataSchema } from './metadata.schema.ts'

/** The fields of a spec that a package declares; `required` names those that must be there. */
export function declaredFields(
  properties: Readonly<Record<string, object>>,
  required: readonly string[],
): Record<string, TSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const field = Type.Unsafe<unknown>(schema)
      return [name, required.includes(name) ? field : Type.Optional(field)]
    }),
  )
}

/** A manifest around a spec. */
export function declaredSchema(spec: TSchema): TSchema {
  return Type.Object(
    {
      apiVersion: Type.String(),
      kind: Type.String(),
      metadata: metadataSchema,
      spec,
      status: inert('Millrace finds it out itself'),
    },
    { additionalProperties: false },
  )
}
