import type { Channels, DeliveryAttempted } from '../observability/channels.ts'
import type { AttemptResult } from './attempt.ts'
import type { Draft } from './draft.ts'
import type { Outcome } from './outcome.ts'
import type { HeldDelivery } from './route-queue.ts'
import { shownDestination } from './shown-destination.ts'

/** Says what came of an attempt: to the route's queue, for `get`, and to whoever listens. */
export function sayAttempt(
  channels: Pick<Channels, 'deliveryAttempted'>,
  delivery: HeldDelivery,
  outcome: Outcome,
  result: AttemptResult,
): void {
  const { queue, lease, event } = delivery
  const { route } = queue
  const failure = 'failure' in outcome ? outcome.failure : undefined
  queue.failing = outcome.kind === 'retry' || outcome.kind === 'dead'
  if (failure !== undefined)
    queue.lastError = {
      at: failure.lastAttempt,
      reason: failure.reason,
      ...(failure.code === undefined ? {} : { code: failure.code }),
    }
  if (!channels.deliveryAttempted.hasSubscribers) return
  // what is not there is set where it is: spreading each of them costs every delivery
  const message: Draft<DeliveryAttempted> = {
    route,
    record: event.record,
    delivery: lease.id,
    attempt: lease.attempts + 1,
    outcome: outcome.kind === 'oversized-reply' ? 'delivered' : outcome.kind,
    destination: shownDestination(route.destination),
    ms: result.ms,
  }
  if (result.status !== undefined) message.code = result.status
  if (result.error !== undefined) message.error = result.error
  if (result.failure !== undefined && result.failure !== 'aborted') message.failure = result.failure
  if (outcome.kind === 'retry') message.due = outcome.due
  channels.deliveryAttempted.publish(message)
}
