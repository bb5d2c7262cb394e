import type { Resolution } from '../compile/resolve-destination.ts'
import type {
  ChannelStatus,
  Condition,
  Metadata,
  Resource,
  ResourceStatus,
  SubscriptionStatus,
} from '../resource.ts'
import { fails, holds, readyOf, withReady } from './conditions.ts'
import { eventPoliciesReady, identityCreated } from './oidc.status.ts'
import { mapAt, textAt } from './shape.ts'
import { subscriptionStatus } from './subscription/subscription.status.ts'

/** Where a step, a filter or a branch sends to. */
export interface PartFindings {
  readonly subscriber: Resolution | undefined
  readonly reply: Resolution | undefined
  readonly deadLetterSink: Resolution | undefined
}

/** Conditions as Knative's flows: what their channels are here is always ready, their subscriptions may not be. */
export function flowConditions(subscriptions: readonly SubscriptionStatus[]): Condition[] {
  const failing = subscriptions.find(({ ready }) => ready.status !== 'True')
  return withReady([
    holds('ChannelsReady'),
    failing === undefined
      ? holds('SubscriptionsReady')
      : fails('SubscriptionsReady', 'SubscriptionsNotReady', notReady(failing)),
    holds('Addressable'),
    eventPoliciesReady,
    identityCreated,
  ])
}

function notReady({ subscription, ready }: SubscriptionStatus): string {
  return `${subscription.name}: ${ready.message ?? ready.reason ?? ''}`
}

/** A channel that Knative would have made for a flow, by the name that it would have. */
export function innerChannel({ metadata, spec }: Resource<object>, name: string): ChannelStatus {
  const template = mapAt(spec, 'channelTemplate')
  const { namespace } = metadata
  const [apiVersion, kind] = [textAt(template, 'apiVersion') ?? '', textAt(template, 'kind') ?? '']
  return { channel: { apiVersion, kind, namespace, name }, ready: { type: 'Ready', status: 'True' } }
}

/** A Subscription that Knative would have made for a flow. */
export function innerSubscription(
  { namespace, name }: Pick<Metadata, 'namespace' | 'name'>,
  found: PartFindings,
): SubscriptionStatus {
  const { conditions } = subscriptionStatus({ missing: undefined, channelReady: holds('Ready'), ...found })
  return {
    subscription: { apiVersion: 'messaging.knative.dev/v1', kind: 'Subscription', namespace, name },
    ready: readyOf(conditions) ?? holds('Ready'),
  }
}

/** What every flow's status has. */
export function flowStatus(
  url: string,
  subscriptions: readonly SubscriptionStatus[],
): Pick<ResourceStatus, 'conditions' | 'address'> {
  return { conditions: flowConditions(subscriptions), address: { name: 'http', url } }
}
