import { resolvePolicy } from '@millrace/core'
import type { AddressablePath, Route } from '@millrace/core'
import type { DeliverySpec } from '@millrace/core'
import { innerSubscription } from '../kinds/flow.status.ts'
import type { PartFindings } from '../kinds/flow.status.ts'
import type { Resource, SubscriptionStatus } from '../resource.ts'
import { everything, routesOf } from './routes-of.ts'

/** A step of a Sequence, a filter or a subscriber of a Parallel: what is a Subscription in Knative. */
export interface FlowPart extends PartFindings {
  /** The name of that Subscription, which is the route's own. */
  readonly name: string
  readonly addressable: AddressablePath
  readonly delivery: DeliverySpec | undefined
}

export interface CompiledPart {
  readonly routes: readonly [Route, ...Route[]]
  readonly status: SubscriptionStatus
}

export function compilePart({ kind, metadata }: Resource<object>, part: FlowPart): CompiledPart {
  const { name, addressable, delivery, subscriber, reply, deadLetterSink } = part
  const { namespace } = metadata
  return {
    routes: routesOf({
      addressable,
      kind,
      // a flow's annotations say nothing of its routes
      metadata: { namespace, name, annotations: {} },
      filter: everything,
      subscriber,
      reply,
      deadLetterSink,
      policy: resolvePolicy(delivery, undefined),
    }),
    status: innerSubscription({ namespace, name }, part),
  }
}
