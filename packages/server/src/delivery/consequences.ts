import {
  deadLetterExtensions,
  spendTtl,
  swapAttached,
  withAttributes,
  type CloudEvent,
  type DeadLetterTarget,
  type EventRecord,
  type Failure,
  type Route,
} from '@millrace/core'
import { encodeRecord, type DeadLetterDetails, type NewDeadLetter, type RouteNumber } from '@millrace/storage'
import type { LiveTopology } from '../flow.ts'

/** An event that a settle gives rise to, with where it goes. */
export interface Consequence {
  /** The path of what takes it, or from whose route it comes. */
  readonly addressable: string
  readonly record: EventRecord
  /** None: nothing matched there, and it is only counted. */
  readonly routes: readonly Route[]
}

/** What a settle stores besides the end of the delivery. */
export interface Consequences {
  readonly appends: readonly Consequence[]
  readonly deadLetters: readonly NewDeadLetter[]
}

/** A route with its number in the store; it may have left the topology meanwhile. */
export interface RegisteredRoute {
  readonly route: Route
  readonly number: RouteNumber
}

const ttlSpent = 'knativebrokerttl is spent (a loop?)'
const errorExtensions = {
  knativeerrordest: undefined,
  knativeerrorcode: undefined,
  knativeerrordata: undefined,
}

/** Forwards an event to an addressable, which spends its TTL; undefined: the TTL is spent, or nothing is there. */
export function toAddressable(
  live: LiveTopology,
  path: string,
  record: EventRecord,
): Consequence | { readonly refused: string } {
  const router = live.router(path)
  if (router === undefined) return { refused: `there is no addressable ${path}` }
  const spent = spendTtl(record.event)
  if (spent.kind === 'spent') return { refused: ttlSpent }
  const { event } = spent
  return { addressable: path, record: { ...record, event }, routes: router.match(event.attributes) }
}

/**
 * A subscriber's replies: each goes to the route's reply target with the original's TTL. On its way to a
 * URL it is a delivery of its own and remembers the original.
 */
export function planReplies(
  live: LiveTopology,
  from: RegisteredRoute,
  original: EventRecord,
  replies: readonly CloudEvent[],
  passed: Readonly<Record<string, string>>,
  nowMs: number,
): Consequences {
  const { route } = from
  const appends: Consequence[] = []
  const deadLetters: NewDeadLetter[] = []
  for (const reply of replies) {
    const record = { event: withTtlOf(original.event, reply), headers: passed, acceptedAt: nowMs }
    const sent = send(live, route.reply, route, remembering(original, record, route.reply))
    if (!('refused' in sent)) {
      appends.push(sent)
      continue
    }
    const dead = planDeadReply(live, from, record, {
      route: route.id,
      reason: `the reply was not forwarded: ${sent.refused}`,
      destination: route.reply?.kind === 'addressable' ? route.reply.path : '',
      attempts: 0,
      firstAttempt: nowMs,
      lastAttempt: nowMs,
    })
    appends.push(...dead.appends)
    deadLetters.push(...dead.deadLetters)
  }
  return { appends, deadLetters }
}

/** A reply has the TTL of what it answers, wherever it goes: else a loop would have no end. */
export function withTtlOf({ attributes: { knativebrokerttl } }: CloudEvent, reply: CloudEvent): CloudEvent {
  return withAttributes(reply, { knativebrokerttl })
}

function remembering(
  { event, headers, acceptedAt }: EventRecord,
  reply: EventRecord,
  target: Route['reply'],
): EventRecord {
  if (target?.kind !== 'route') return reply
  return { ...reply, attached: { as: 'original', event, headers, acceptedAt } }
}

/** A reply that cannot go on is a dead letter itself; the delivery that it came from is done. */
export function planDeadReply(
  live: LiveTopology,
  from: RegisteredRoute,
  reply: EventRecord,
  failure: Failure,
): Consequences {
  const { appends, deadLetters } = planDeadLetter(live, from, reply, { ...failure, ofReply: true })
  // without a record of its own it would be the delivery's that rests in the store
  return { appends, deadLetters: deadLetters.map((letter) => ({ record: encodeRecord(reply), ...letter })) }
}

/**
 * A delivery that failed for good: its event goes to the dead-letter sink with the three extensions, or
 * rests in the store; what its sink did not take rests with both failures. Of a reply that its URL did
 * not take, the original is the dead letter, with the reply attached.
 */
export function planDeadLetter(
  live: LiveTopology,
  { route, number }: RegisteredRoute,
  record: EventRecord,
  failure: Failure,
): Consequences {
  if (route.role === 'deadletter' && record.failure !== undefined) {
    const { failure: first, ...rest } = record
    const event = withAttributes(record.event, errorExtensions)
    const details = describe(first, record.event, { deadLetterSink: failure })
    const subscriber = live.topology.routes.has(first.route) ? live.numberOf(first.route) : number
    const letter = { route: subscriber, record: encodeRecord({ ...rest, event }), details }
    return { appends: [], deadLetters: [letter] }
  }
  const dead = route.role === 'reply' ? swapAttached(record) : record
  const sent = send(live, route.deadLetter, route, {
    ...dead,
    event: withAttributes(dead.event, deadLetterExtensions(failure)),
    failure,
  })
  if (!('refused' in sent)) return { appends: [sent], deadLetters: [] }
  const more = route.deadLetter === undefined ? undefined : { deadLetterSink: { reason: sent.refused } }
  const letter = { route: number, details: describe(failure, dead.event, more) }
  return {
    appends: [],
    deadLetters: [dead === record ? letter : { ...letter, record: encodeRecord(dead) }],
  }
}

/** What is known of a delivery that has failed for good and stays at the head of its key. */
export function parked({ event }: EventRecord, failure: Failure): DeadLetterDetails {
  return describe(failure, event)
}

function send(
  live: LiveTopology,
  target: DeadLetterTarget | undefined,
  from: Route,
  record: EventRecord,
): Consequence | { readonly refused: string } {
  switch (target?.kind) {
    case 'addressable': {
      const { failure: _, attached: __, ...plain } = record
      return toAddressable(live, target.path, plain)
    }
    case 'route': {
      const route = live.topology.routes.get(target.route)
      return route === undefined
        ? { refused: `route ${target.route} is gone` }
        : { addressable: from.addressable, record, routes: [route] }
    }
    case undefined:
      return { refused: 'there is no sink' }
  }
}

function describe(
  failure: Failure,
  event: CloudEvent,
  more?: Readonly<Record<string, unknown>>,
): DeadLetterDetails {
  const { route: _, ...facts } = failure
  return { ...facts, type: String(event.attributes.type), ...(more === undefined ? {} : { more }) }
}
