import {
  announcesReply,
  classify,
  readHttpReply,
  retryDelayMs,
  type CloudEvent,
  type Failure,
  type Route,
} from '@millrace/core'
import type { Lease } from '@millrace/storage'
import { keptBodyBytes, type AttemptResult } from './attempt.ts'

/** What follows from an attempt. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly replies: readonly CloudEvent[]; readonly note?: string }
  /** Delivered, but the reply was larger than the limit; `reply` is what could be read of it. */
  | { readonly kind: 'oversized-reply'; readonly reply: CloudEvent | undefined; readonly failure: Failure }
  | { readonly kind: 'retry'; readonly due: number; readonly failure: Failure }
  | { readonly kind: 'dead'; readonly failure: Failure }

export interface Moment {
  readonly nowMs: number
  readonly random: () => number
}

/** Classifies one attempt at a URL by the table "Decided" (retries, replies, Retry-After). */
export function decide(
  route: Route,
  url: string,
  lease: Lease,
  result: AttemptResult,
  moment: Moment,
): Outcome {
  const attempts = lease.attempts + 1
  const { status } = result
  const verdict = verdictOf(result)
  if (verdict === 'delivered') {
    if (status === undefined) return { kind: 'delivered', replies: [] }
    const answer = readAnswer(route, status, result)
    if (answer.kind === 'oversized')
      return {
        kind: 'oversized-reply',
        reply: answer.reply,
        failure: failed(`the reply is larger than ${result.body.length} bytes`),
      }
    if (answer.kind === 'read') return { kind: 'delivered', replies: answer.replies, ...answer.note }
    return again(answer.reason)
  }
  const reason =
    result.error === undefined ? describeStatus(status, result.headers) : `dispatch error: ${result.error}`
  return verdict === 'dead' ? { kind: 'dead', failure: failed(reason) } : again(reason)

  function again(why: string): Outcome {
    const failure = failed(why)
    if (attempts > route.policy.retry) return { kind: 'dead', failure }
    const retryAfter = header(result.headers, 'retry-after')
    const waitMs = retryDelayMs(route.policy, attempts, {
      status,
      retryAfter,
      nowMs: moment.nowMs,
      random: moment.random,
    })
    return { kind: 'retry', due: Math.ceil(moment.nowMs + waitMs), failure }
  }

  function failed(why: string): Failure {
    return {
      route: route.id,
      reason: why,
      ...(status === undefined ? {} : { code: status }),
      destination: url,
      ...(result.body.length === 0
        ? {}
        : { body: Buffer.from(result.body.subarray(0, keptBodyBytes)).toString('base64') }),
      attempts,
      firstAttempt: lease.firstAttempt ?? Math.floor(moment.nowMs - result.ms),
      lastAttempt: Math.floor(moment.nowMs - result.ms),
    }
  }
}

/** What of a result says how an attempt ended. */
export type Attempted = Pick<AttemptResult, 'status' | 'error'> & Partial<Pick<AttemptResult, 'failure'>>

/** What a result means, whatever is left of the retries. */
export function verdictOf({ error, failure, status }: Attempted): ReturnType<typeof classify> {
  if (error !== undefined) return failure === 'refused' ? 'dead' : 'retry'
  // a sink that is no HTTP has acknowledged it
  return status === undefined ? 'delivered' : classify(status)
}

type Answer =
  | { readonly kind: 'read'; readonly replies: readonly CloudEvent[]; readonly note?: { note: string } }
  | { readonly kind: 'oversized'; readonly reply: CloudEvent | undefined }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Whether an answer may hold a reply that somebody wants: only then its body is of use. */
export function mayHoldReply(route: Route, status: number, headers: readonly string[]): boolean {
  return route.role === 'subscriber' && route.reply !== undefined && announcesReply(status, headers)
}

/** The reply in a 2xx; only a subscriber's counts, and only where somebody wants it. */
function readAnswer(route: Route, status: number, result: AttemptResult): Answer {
  if (route.role !== 'subscriber' || route.reply === undefined) return { kind: 'read', replies: [] }
  if (result.truncated) {
    if (!announcesReply(status, result.headers)) return { kind: 'read', replies: [] }
    // in binary mode the attributes are whole, only the data is lost
    const head = readHttpReply(status, result.headers, new Uint8Array(0))
    return { kind: 'oversized', reply: head.kind === 'events' ? head.events[0] : undefined }
  }
  const reply = readHttpReply(status, result.headers, result.body)
  switch (reply.kind) {
    case 'none':
      return { kind: 'read', replies: [] }
    case 'not-an-event':
      return {
        kind: 'read',
        replies: [],
        note: { note: 'the answer is not a CloudEvent, so there is no reply' },
      }
    case 'events':
      return { kind: 'read', replies: reply.events }
    case 'malformed':
      return { kind: 'malformed', reason: `the reply is a malformed CloudEvent: ${reply.problem.detail}` }
  }
}

function describeStatus(status: number | undefined, headers: readonly string[]): string {
  const location = header(headers, 'location')
  if (status !== undefined && status >= 300 && status < 400 && location !== undefined)
    return `${status}, a redirect to ${location} (redirects are not followed)`
  return `the answer was ${status}`
}

/** The first value of a header. */
export function header(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2)
    if (headers[index]?.toLowerCase() === name) return headers[index + 1]
  return undefined
}
