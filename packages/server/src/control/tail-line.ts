import { failedClause, type Addressable, type EventRecord, type Route } from '@millrace/core'
import type {
  DeliveryAttempted,
  DeliverySettled,
  EventAccepted,
  EventRejected,
} from '../observability/channels.ts'
import { rfc3339 } from './rfc3339.ts'

/** Triggers of which one line says why they did not match. */
const mostReasons = 100

/** Why a trigger did not get an event: the clause that kept it out, and what that looked at. */
export interface Unmatched {
  readonly trigger: string
  readonly clause: string
  readonly value?: string
}

/** One line of `tail`, before it is written. */
export interface TailLine {
  /** RFC 3339. */
  readonly time: string
  readonly step: 'accepted' | 'unmatched' | 'attempt' | 'delivered' | 'dead' | 'rejected'
  readonly [field: string]: unknown
}

/** Why an event did not reach these routes, the first hundred of them. */
export function reasonsOf({ event }: EventRecord, routes: Iterable<Route>): Unmatched[] {
  const reasons: Unmatched[] = []
  for (const { name, filter } of routes) {
    if (reasons.length === mostReasons) break
    const failed = failedClause(filter.explain(event.attributes))
    if (failed === undefined) continue
    const { clause, value, error } = failed
    const found = error ?? value
    reasons.push({ trigger: name, clause, ...(found === undefined ? {} : { value: found }) })
  }
  return reasons
}

export function acceptedLine({ addressable, record, matched }: EventAccepted, atMs: number): TailLine {
  return {
    ...head('accepted', addressable.path, record, atMs),
    matched: matched.map(({ name }) => name),
    of: addressable.routes.length,
  }
}

/** @param why also say which clause kept it out */
export function unmatchedLine(
  addressable: Addressable,
  record: EventRecord,
  why: boolean,
  atMs: number,
): TailLine {
  return {
    ...head('unmatched', addressable.path, record, atMs),
    ...(why ? { why: reasonsOf(record, addressable.routes) } : {}),
  }
}

export function attemptLine(message: DeliveryAttempted, atMs: number): TailLine {
  const { route, record, attempt, outcome, code, error, destination, ms, due } = message
  return {
    ...head('attempt', route.addressable, record, atMs),
    ...routeFields(route),
    attempt,
    code,
    error,
    destination,
    ms: Math.round(ms),
    outcome,
    due: due === undefined ? undefined : rfc3339(due),
  }
}

export function settledLine(message: DeliverySettled, atMs: number): TailLine {
  const { route, record, outcome, attempts, ms, reason, code } = message
  return {
    ...head(outcome, route.addressable, record, atMs),
    ...routeFields(route),
    attempts,
    ms: Math.round(ms),
    reason,
    code,
  }
}

export function rejectedLine({ path, status, code, detail }: EventRejected, atMs: number): TailLine {
  return { time: rfc3339(atMs), step: 'rejected', addressable: path, status, code, detail }
}

function head(step: TailLine['step'], addressable: string, { event }: EventRecord, atMs: number): TailLine {
  const { id, source, type, subject } = event.attributes
  return { time: rfc3339(atMs), step, addressable, event: { id, source, type, subject } }
}

/** `to` where it is not the subscriber: a reply on its way to a URL, a dead letter to its sink. */
function routeFields({ name, namespace, role }: Route): object {
  return { trigger: name, namespace, ...(role === 'subscriber' ? {} : { to: role }) }
}
