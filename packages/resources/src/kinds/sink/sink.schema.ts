import { Type } from 'typebox'
import type { Resource } from '../../resource.ts'
import { declaredFields, declaredSchema } from '../declared.schema.ts'
import type { ResourceSink } from './sink-facet.ts'

/** A sink as it is compiled and run. */
export type SinkResource = Resource & { readonly sink: ResourceSink }

export function isSink(resource: Resource): resource is SinkResource {
  return resource.sink !== undefined
}

/** The schema of a sink around the fields of its spec; `required` names those that must be there. */
export function sinkSchema(properties: Readonly<Record<string, object>>, required: readonly string[]) {
  return declaredSchema(Type.Object(declaredFields(properties, required), { additionalProperties: false }))
}

/** The schema of a sink whose package is not there. */
export const unknownSinkSchema = declaredSchema(Type.Object({}))
