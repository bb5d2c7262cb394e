import type { Failure } from '@millrace/core'
import type { DeliveryEnd } from '@millrace/storage'
import { archivedRoutes } from '../archived-routes.ts'
import type { LiveTopology } from '../flow.ts'
import { passedHeaders } from '../passed-headers.ts'
import type { AttemptResult } from './attempt.ts'
import {
  parked,
  planDeadLetter,
  planDeadReply,
  planReplies,
  toAddressable,
  withTtlOf,
  type Consequences,
} from './consequences.ts'
import type { Outcome } from './outcome.ts'
import type { HeldDelivery } from './route-queue.ts'
import { reasonToSetAside } from './set-aside.ts'
import { shownDestination } from './shown-destination.ts'
import type { Ending } from './settler.ts'

const ended = { kind: 'done' } as const

/** What an attempt's outcome makes of its delivery. */
export function ending(
  live: LiveTopology,
  delivery: HeldDelivery,
  outcome: Outcome,
  { headers, ms, status }: AttemptResult,
  nowMs: number,
): Ending {
  const { queue, event } = delivery
  const { record } = event
  switch (outcome.kind) {
    case 'retry':
      return { outcome: { kind: 'retry', due: outcome.due }, failure: outcome.failure, ms }
    case 'dead':
      return failedForGood(live, delivery, outcome.failure, ms)
    case 'delivered': {
      if (outcome.replies.length === 0)
        return status === undefined ? { outcome: ended, ms } : { outcome: ended, ms, code: status }
      const took = { ms, ...(status !== undefined && { code: status }) }
      return {
        ...done(planReplies(live, queue, record, outcome.replies, passedHeaders(headers), nowMs)),
        ...took,
      }
    }
    case 'oversized-reply': {
      const reply = outcome.reply === undefined ? record.event : withTtlOf(record.event, outcome.reply)
      return { ...done(planDeadReply(live, queue, { ...record, event: reply }, outcome.failure)), ms }
    }
  }
}

/** A delivery without an attempt, to another addressable: what is accepted there, or why not. */
export function forwarding(live: LiveTopology, delivery: HeldDelivery, nowMs: number): Ending {
  const { queue, event, lease } = delivery
  const { destination } = queue.route
  const path = destination?.kind === 'addressable' ? destination.path : ''
  const aside = reasonToSetAside(delivery)
  const sent = aside === undefined ? toAddressable(live, path, event.record) : { refused: aside }
  if (!('refused' in sent)) return { ...done({ appends: [sent], deadLetters: [] }), ms: 0 }
  const failure: Failure = {
    route: queue.route.id,
    reason: sent.refused,
    destination: path === '' ? shownDestination(destination) : path,
    attempts: lease.attempts + (aside === undefined ? 1 : 0),
    firstAttempt: lease.firstAttempt ?? nowMs,
    lastAttempt: nowMs,
  }
  return failedForGood(live, delivery, failure, 0)
}

/** A dead letter, or, where its route parks and it has a key, what stays at the head of that. */
function failedForGood(
  live: LiveTopology,
  { queue, event: { record }, lease }: HeldDelivery,
  failure: Failure,
  ms: number,
): Ending {
  if (queue.route.flow?.park === true && lease.key !== undefined)
    return { outcome: { kind: 'park', details: parked(record, failure) }, failure, ms }
  return { ...done(planDeadLetter(live, queue, record, { ...failure, delivery: lease.id })), failure, ms }
}

/** Where the event is in an archive, how its delivery ended is kept there. */
export function withEnd(
  { topology }: LiveTopology,
  { queue: { route }, event, lease }: HeldDelivery,
  plain: Ending,
  nowMs: number,
): Ending {
  const { outcome, failure, code = failure?.code, ms: attemptMs } = plain
  if (outcome.kind !== 'done' || !archivedRoutes(topology).has(route.id)) return plain
  const end: DeliveryEnd = {
    result: failure === undefined ? 'delivered' : 'dead',
    attempts: lease.attempts + 1,
    at: nowMs,
    ms: Math.max(0, nowMs - event.record.acceptedAt),
    attemptMs,
    ...(failure !== undefined && { reason: failure.reason }),
    ...(code !== undefined && { code }),
  }
  return { ...plain, outcome: { kind: 'done', end } }
}

function done(consequences?: Consequences): Pick<Ending, 'outcome' | 'consequences'> {
  return { outcome: ended, ...(consequences === undefined ? {} : { consequences }) }
}
