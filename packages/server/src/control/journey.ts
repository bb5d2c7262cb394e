import { structuredText, type EventRecord, type Route } from '@millrace/core'
import {
  decodeRecordHead,
  UnreadableRecordError,
  type ArchivedEnd,
  type DeadLetter,
  type FailedAttempt,
  type ListedDelivery,
} from '@millrace/storage'
import { rfc3339 } from './rfc3339.ts'
import { routeIdentity } from './route-identity.ts'
import type { Unmatched } from './tail-line.ts'

/** One delivery of an event, as it is told. */
export interface ToldDelivery {
  readonly trigger: string
  /** Of the route, such as `Trigger` or `Subscription`. */
  readonly kind: string
  readonly namespace: string
  /** Where it is not to the subscriber. */
  readonly to?: string
  readonly state:
    | 'waiting'
    | 'in-flight'
    | 'retrying'
    | 'paused'
    | 'parked'
    | 'scheduled'
    | 'delivered'
    | 'dead'
    | 'orphaned'
  /** RFC 3339. */
  readonly due?: string
  readonly attempts: readonly object[]
  readonly reason?: string
  /** From accepted to ended. */
  readonly ms?: number
  /** The id of its dead letter, while that rests in the store. */
  readonly deadLetter?: string
}

/** One time that an event was accepted, and what became of it. */
export interface Journey {
  readonly addressable: string
  readonly record: EventRecord
  readonly deliveries: ToldDelivery[]
  unmatched: readonly Unmatched[]
  /** Triggers that match it, and of which nothing is known: its delivery has ended (and there is no archive), or they came later. */
  unknown: readonly string[]
}

/** What is known of the route of a delivery; none: it is an orphan's. */
export interface KnownRoute {
  readonly id: string
  readonly route: Route | undefined
  readonly paused: boolean
  /** Why its last attempt failed, where nothing has gone well since. */
  readonly failing?: string | undefined
}

/** A sink that is not ready is asked again at most so much later. */
const soonMs = 5_000

export function waitingDelivery(
  delivery: ListedDelivery,
  known: KnownRoute,
  attempts: readonly FailedAttempt[],
  nowMs: number,
): ToldDelivery {
  const { due } = delivery
  const state = known.route === undefined ? 'orphaned' : deliveryState(delivery, known.paused, nowMs)
  const isHeld = (state === 'waiting' || state === 'scheduled') && due - nowMs <= soonMs
  // no attempt counts while a sink that is no HTTP is not ready: what keeps it is the route's
  const failing = isHeld && known.route?.destination?.kind === 'sink' ? known.failing : undefined
  const isLost = state === 'waiting' && known.route?.destination === undefined
  const reason = isLost ? 'a reference leads nowhere' : failing
  return {
    ...routeWords(known.id),
    state: reason === undefined ? state : 'waiting',
    ...(due > 0 && { due: rfc3339(due) }),
    attempts: attempts.map(toldAttempt),
    ...(reason !== undefined && { reason }),
  }
}

export function endedDelivery(
  { result, reason, at, ms, attemptMs = 0, attempts: count, code }: ArchivedEnd,
  routeId: string,
  failed: readonly FailedAttempt[],
): ToldDelivery {
  // the attempt that delivered is no failed one: it is known by its end
  const last = {
    n: count,
    at: rfc3339(at - attemptMs),
    ...(code !== undefined && { code }),
    ms: attemptMs,
  }
  return {
    ...routeWords(routeId),
    state: result,
    attempts: [...failed.map(toldAttempt), ...(result === 'delivered' ? [last] : [])],
    ...(reason !== undefined && { reason }),
    ms,
  }
}

export function deadDelivery(
  { id, details }: DeadLetter,
  routeId: string,
  failed: readonly FailedAttempt[],
): ToldDelivery {
  const { reason, code, attempts: n, lastAttempt: at, body } = details
  const last = {
    n,
    at,
    error: reason,
    ...(code !== undefined && { code }),
    ...(body !== undefined && { body }),
  }
  const attempts = failed.length > 0 || n === 0 ? failed.map(toldAttempt) : [withoutDuration(last)]
  return { ...routeWords(routeId), state: 'dead', attempts, reason, deadLetter: id }
}

/** The journey as JSON text: the event is put in as it is written, so that its data keeps its bytes. */
export function journeyJson(journey: Journey, data: boolean): string {
  const { addressable, record, deliveries, unmatched, unknown } = journey
  const { acceptedAt, event } = record
  const head = JSON.stringify({ addressable, acceptedAt: rfc3339(acceptedAt) }).slice(0, -1)
  const rest = JSON.stringify({ deliveries, unmatched, ...(unknown.length > 0 && { unknown }) }).slice(1)
  return `${head},"event":${structuredText(data ? event : { ...event, data: undefined })},${rest}`
}

/** What the head of a stored record says; undefined where it cannot be read. */
export function headOf(bytes: Uint8Array): EventRecord | undefined {
  try {
    return decodeRecordHead(bytes)
  } catch (err) {
    if (err instanceof UnreadableRecordError) return undefined
    throw err
  }
}

/** The words for where a delivery is that has not ended. */
export function deliveryState(
  { state, attempts, due }: ListedDelivery,
  paused: boolean,
  nowMs: number,
): ToldDelivery['state'] {
  if (state === 'leased') return 'in-flight'
  if (state === 'parked') return 'parked'
  if (paused) return 'paused'
  if (attempts > 0) return 'retrying'
  return state === 'waiting' && due > nowMs ? 'scheduled' : 'waiting'
}

function routeWords(routeId: string): Pick<ToldDelivery, 'trigger' | 'kind' | 'namespace' | 'to'> {
  const { name, kind, namespace, role } = routeIdentity(routeId)
  return { trigger: name, kind, namespace, ...(role !== 'subscriber' && { to: role }) }
}

function toldAttempt({ ms, ...attempt }: FailedAttempt): object {
  return { ...withoutDuration(attempt), ms }
}

/** The first bytes of the answer as text, for people. */
function withoutDuration({ n, at, code, error, body }: Omit<FailedAttempt, 'ms'>): object {
  const text = body === undefined ? undefined : Buffer.from(body, 'base64').toString('utf8')
  return { n, at: rfc3339(at), code, error, body: text }
}
