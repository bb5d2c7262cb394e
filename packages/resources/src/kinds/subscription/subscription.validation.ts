import { quote } from '../../quote.ts'
import { channelKinds } from '../channel/channel.schema.ts'
import { validateDelivery } from '../delivery.validation.ts'
import { validateSinkDelivery } from '../sink/sink-delivery.validation.ts'
import { validateDestination, validateReference } from '../destination.validation.ts'
import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { mapAt, textAt } from '../shape.ts'

/** What the schema of a Subscription cannot say. */
export function validateSubscription({ value, namespace }: Manifest, report: Report): void {
  const spec = mapAt(value, 'spec')
  channelRule(mapAt(spec, 'channel'), namespace, report)
  const { subscriber, reply, delivery } = spec
  if (subscriber === undefined && reply === undefined) {
    const message = 'is missing, must be where the events go; or give a reply alone, to forward them all'
    report({ path: 'spec.subscriber', message })
  }
  validateDestination(subscriber, 'spec.subscriber', report)
  validateDestination(reply, 'spec.reply', report)
  validateDelivery(delivery, 'spec.delivery', report)
  validateSinkDelivery(value, report)
}

function channelRule(channel: Readonly<Record<string, unknown>>, namespace: string, report: Report): void {
  const kind = textAt(channel, 'kind')
  if (kind !== undefined && !channelKinds.includes(kind)) {
    const message = `is ${quote(kind)}, must be ${channelKinds.slice(0, -1).join(', ')} or ${channelKinds.at(-1)}`
    report({ path: 'spec.channel.kind', message })
  } else validateReference(channel, 'spec.channel', report)
  const other = textAt(channel, 'namespace')
  if (other !== undefined && other !== namespace) {
    const message = `is ${quote(other)}, another namespace, which is not supported; leave it out, or move the subscription there`
    report({ path: 'spec.channel.namespace', message })
  }
}
