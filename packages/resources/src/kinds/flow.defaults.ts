import { withTemplate } from './channel-template.ts'
import { withReferences } from './destination.defaults.ts'
import type { Defaulted, Manifest } from './kind.ts'
import { mapAt } from './shape.ts'

/** As Knative's defaulting of a Sequence and of a Parallel. */
export function flowDefaults({ value, namespace }: Manifest): Defaulted {
  return { spec: withTemplate(withReferences(mapAt(value, 'spec'), namespace)) }
}
