import { Type, type Static } from 'typebox'
import { refused } from './field-class.ts'

const noTls =
  'Millrace does not offer TLS of its own or OIDC tokens yet, and sending without them would be unsafe'

/** KReference: a resource by its kind and name (Knative, duck/v1). */
export const referenceSchema = Type.Object(
  {
    apiVersion: Type.String({ minLength: 1 }),
    kind: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    namespace: Type.Optional(Type.String({ minLength: 1, default: 'the own namespace' })),
    address: refused('a resource has one address here'),
    group: refused('write apiVersion'),
  },
  { title: 'KReference', additionalProperties: false },
)

/** Destination: where events are sent (Knative, duck/v1). What goes together is in destination.validation.ts. */
export const destinationSchema = Type.Object(
  {
    ref: Type.Optional(referenceSchema),
    uri: Type.Optional(Type.String({ minLength: 1 })),
    CACerts: refused(noTls),
    audience: refused(noTls),
  },
  { title: 'Destination', additionalProperties: false },
)

export type ReferenceSpec = Static<typeof referenceSchema>
export type DestinationSpec = Static<typeof destinationSchema>
