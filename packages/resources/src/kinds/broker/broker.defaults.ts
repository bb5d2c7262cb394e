import type { Defaulted, Manifest } from '../kind.ts'
import { withReferences } from '../destination.defaults.ts'
import { mapAt } from '../shape.ts'

/** Broker annotation that chooses an implementation; Millrace has one. */
export const CLASS_ANNOTATION = 'eventing.knative.dev/broker.class'

/** As Knative's defaulting, except that `delivery` stays as written: unset, the policy's own defaults hold. */
export function brokerDefaults({ value, namespace }: Manifest): Defaulted {
  return {
    spec: withReferences(mapAt(value, 'spec'), namespace),
    annotations: { [CLASS_ANNOTATION]: 'MTChannelBasedBroker' },
  }
}
