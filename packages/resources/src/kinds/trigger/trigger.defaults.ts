import { withReferences } from '../destination.defaults.ts'
import type { Defaulted, Manifest } from '../kind.ts'
import { mapAt, textAt } from '../shape.ts'

/** As Knative's defaulting; a `brokerRef` (its own namespace only) becomes `broker`. */
export function triggerDefaults({ value, namespace }: Manifest): Defaulted {
  const { brokerRef, filters, ...spec } = mapAt(value, 'spec')
  const broker = textAt(spec, 'broker') ?? textAt(brokerRef, 'name')
  return {
    spec: {
      filter: {},
      ...withReferences(spec, namespace),
      ...(filters !== undefined && { filters }),
      broker,
    },
  }
}
