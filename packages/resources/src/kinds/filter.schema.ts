import { Type } from 'typebox'

const attributes = Type.Optional(Type.Record(Type.String(), Type.String()))
const self = Type.Ref('filter')

/**
 * One item of `filters` (CloudEvents Subscriptions API 3.2.4). That it has exactly one dialect, and all
 * that is inside it, is for the compiler of filters to say.
 */
export const filterSchema = Type.Object(
  {
    exact: attributes,
    prefix: attributes,
    suffix: attributes,
    all: Type.Optional(Type.Array(self)),
    any: Type.Optional(Type.Array(self)),
    not: Type.Optional(self),
    cesql: Type.Optional(Type.String()),
  },
  { title: 'filter', additionalProperties: false },
)
