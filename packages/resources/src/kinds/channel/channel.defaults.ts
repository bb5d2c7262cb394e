import { withTemplate } from '../channel-template.ts'
import { withReferences } from '../destination.defaults.ts'
import type { Defaulted, Manifest } from '../kind.ts'
import { mapAt } from '../shape.ts'

/** As Knative's defaulting of a Channel. */
export function channelDefaults({ value, namespace }: Manifest): Defaulted {
  return { spec: withTemplate(withReferences(mapAt(value, 'spec'), namespace)) }
}

/** Of the kinds of channel that a Channel may stand for in Knative. */
export function plainChannelDefaults({ value, namespace }: Manifest): Defaulted {
  return { spec: withReferences(mapAt(value, 'spec'), namespace) }
}
