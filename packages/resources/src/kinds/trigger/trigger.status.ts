import type { Resolution } from '../../compile/resolve-destination.ts'
import type { Condition, ResourceStatus } from '../../resource.ts'
import { fails, holds, unknown, withReady } from '../conditions.ts'
import { deadLetterSinkResolved } from '../dead-letter-sink.status.ts'
import { identityCreated } from '../oidc.status.ts'

export interface TriggerFindings {
  readonly broker: string
  /** `Ready` of the broker; undefined: there is none. */
  readonly brokerReady: Condition | undefined
  readonly subscriber: Resolution
  readonly deadLetterSink: Resolution | undefined
  /** `DependencyReady`. */
  readonly dependency: Condition
  /** Where Knative would read the filter otherwise. */
  readonly ambiguous: string | undefined
}

/** Conditions as Knative's trigger (trigger_lifecycle.go). */
export function triggerStatus(found: TriggerFindings): ResourceStatus {
  const { subscriber, deadLetterSink } = found
  return {
    conditions: withReady([
      brokerReady(found),
      subscribed(found),
      found.dependency,
      subscriberResolved(subscriber),
      deadLetterSinkResolved(deadLetterSink),
      identityCreated,
    ]),
    ...(subscriber.kind === 'resolved' && { subscriberUri: subscriber.uri }),
    ...(deadLetterSink?.kind === 'resolved' && { deadLetterSinkUri: deadLetterSink.uri }),
  }
}

function brokerReady({ broker, brokerReady: ready }: TriggerFindings): Condition {
  const type = 'BrokerReady'
  if (ready === undefined) return fails(type, 'BrokerDoesNotExist', `Broker "${broker}" does not exist`)
  return ready.status === 'True' ? holds(type) : { ...ready, type }
}

/** Here a trigger is a route of its broker; there is one as soon as there is a broker. */
function subscribed({ brokerReady: ready, ambiguous }: TriggerFindings): Condition {
  const type = 'SubscriptionReady'
  if (ready === undefined) {
    return unknown(type, 'SubscriptionNotConfigured', 'Subscription has not yet been reconciled.')
  }
  return ambiguous === undefined ? holds(type) : holds(type, 'AmbiguousFilter', ambiguous)
}

function subscriberResolved(subscriber: Resolution): Condition {
  const type = 'SubscriberResolved'
  if (subscriber.kind === 'resolved') return holds(type)
  return fails(type, "Unable to get the Subscriber's URI", subscriber.message)
}
