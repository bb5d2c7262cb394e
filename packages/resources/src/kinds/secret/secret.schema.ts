import { Type } from 'typebox'
import type { Resource } from '../../resource.ts'
import { inert } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

const key = Type.String({ pattern: '^[-._a-zA-Z0-9]{1,253}$' })
const entries = {
  additionalProperties: false,
  expected: 'letters, digits, "-", "_" and ".", at most 253',
}

/** What a Secret comes to: its values as text, by key. */
export interface SecretSpec {
  readonly data: Readonly<Record<string, string>>
}

export function isSecret(resource: Resource): resource is Resource & { readonly spec: SecretSpec } {
  return resource.kind === 'Secret'
}

/** Secret, v1. Its values never stand in a message. */
export const secretSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    type: inert('a Secret is its keys and values'),
    immutable: inert('a reload may change it'),
    data: Type.Optional(Type.Record(key, Type.String({ format: 'base64', secret: true }), entries)),
    stringData: Type.Optional(Type.Record(key, Type.String({ secret: true }), entries)),
    status: inert('a Secret has none'),
  },
  { additionalProperties: false },
)
