import type { Resolution } from '../../compile/resolve-destination.ts'
import type { ChannelSubscriber, Condition, Resource, ResourceStatus } from '../../resource.ts'
import { fails, holds, readyOf, unknown, withReady } from '../conditions.ts'
import { identityCreated } from '../oidc.status.ts'

export interface SubscriptionFindings {
  /** Why there is no channel. */
  readonly missing: string | undefined
  /** `Ready` of the channel. */
  readonly channelReady: Condition | undefined
  readonly subscriber: Resolution | undefined
  readonly reply: Resolution | undefined
  readonly deadLetterSink: Resolution | undefined
}

/** Conditions as Knative's subscription (subscription_lifecycle.go and its reconciler). */
export function subscriptionStatus(found: SubscriptionFindings): ResourceStatus {
  const { subscriber, reply, deadLetterSink } = found
  const resolved = referencesResolved(found)
  return {
    conditions: withReady([
      resolved,
      resolved.status === 'True'
        ? holds('AddedToChannel')
        : unknown('AddedToChannel', 'NotReady', 'its references are not resolved'),
      channelReady(found.channelReady),
      identityCreated,
    ]),
    physicalSubscription: {
      ...(subscriber?.kind === 'resolved' && { subscriberUri: subscriber.uri }),
      ...(reply?.kind === 'resolved' && { replyUri: reply.uri }),
      ...(deadLetterSink?.kind === 'resolved' && { deadLetterSinkUri: deadLetterSink.uri }),
    },
  }
}

/** What its channel says of it. */
export function channelSubscriber(
  { metadata }: Pick<Resource, 'metadata'>,
  { conditions }: ResourceStatus,
): ChannelSubscriber {
  const { status, message } = readyOf(conditions) ?? { status: 'Unknown' as const }
  return {
    uid: `${metadata.namespace}/${metadata.name}`,
    ready: status,
    ...(message !== undefined && { message }),
  }
}

function referencesResolved(found: SubscriptionFindings): Condition {
  const type = 'ReferencesResolved'
  const { missing, subscriber, reply, deadLetterSink } = found
  if (missing !== undefined)
    return fails(type, 'ChannelReferenceFailed', `Failed to get spec.channel: ${missing}`)
  if (subscriber?.kind === 'unresolved')
    return fails(type, 'SubscriberResolveFailed', `Failed to resolve spec.subscriber: ${subscriber.message}`)
  if (reply?.kind === 'unresolved')
    return fails(type, 'ReplyResolveFailed', `Failed to resolve spec.reply: ${reply.message}`)
  if (deadLetterSink?.kind === 'unresolved') {
    const message = `Failed to resolve spec.delivery.deadLetterSink: ${deadLetterSink.message}`
    return fails(type, 'DeadLetterSinkResolveFailed', message)
  }
  return holds(type)
}

function channelReady(ready: Condition | undefined): Condition {
  const type = 'ChannelReady'
  if (ready === undefined) return unknown(type, 'ChannelNotFound', 'there is no channel')
  return ready.status === 'True' ? holds(type) : { ...ready, type }
}
