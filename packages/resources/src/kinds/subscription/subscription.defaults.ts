import { withReferences } from '../destination.defaults.ts'
import type { Defaulted, Manifest } from '../kind.ts'
import { mapAt } from '../shape.ts'

/** As Knative's defaulting; a channel is always one of the same namespace. */
export function subscriptionDefaults({ value, namespace }: Manifest): Defaulted {
  const spec = mapAt(value, 'spec')
  return { spec: { ...withReferences(spec, namespace), channel: { ...mapAt(spec, 'channel'), namespace } } }
}
