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

const delivered: Outcome = { kind: 'delivered', replies: [] }

/** Classifies one attempt at a URL by the table "Decided" (retries, replies, Retry-After). */
export function decide(
  route: Route,
  url: string,
  lease: Lease,
  result: AttemptResult,
  moment: Moment,
): Outcome {
  const verdict = verdictOf(result)
  if (verdict === 'delivered') {
    const answer = readAnswer(route, result)
    if (answer.kind === 'none') return delivered
    if (answer.kind === 'read') return { kind: 'delivered', replies: answer.replies, ...answer.note }
    return unread(answer, new Failing(route, url, lease, result, moment))
  }
  const failing = new Failing(route, url, lease, result, moment)
  const { status, headers, error } = result
  const reason = error === undefined ? describeStatus(status, headers) : `dispatch error: ${error}`
  return verdict === 'dead' ? { kind: 'dead', failure: failing.failure(reason) } : failing.again(reason)
}

function unread(answer: Unread, failing: Failing): Outcome {
  if (answer.kind === 'malformed') return failing.again(answer.reason)
  const reason = `the reply is larger than ${failing.bodyBytes} bytes`
  return { kind: 'oversized-reply', reply: answer.reply, failure: failing.failure(reason) }
}

/** An attempt that was not what it should be: made only then, as nearly all are. */
class Failing {
  readonly #route: Route
  readonly #url: string
  readonly #lease: Lease
  readonly #result: AttemptResult
  readonly #moment: Moment

  constructor(route: Route, url: string, lease: Lease, result: AttemptResult, moment: Moment) {
    this.#route = route
    this.#url = url
    this.#lease = lease
    this.#result = result
    this.#moment = moment
  }

  get bodyBytes(): number {
    return this.#result.body.length
  }

  /** A retry, or the end where none is left. */
  again(why: string): Outcome {
    const { policy } = this.#route
    const { status, headers } = this.#result
    const failure = this.failure(why)
    const { attempts } = failure
    if (attempts > policy.retry) return { kind: 'dead', failure }
    const { nowMs, random } = this.#moment
    const retryAfter = header(headers, 'retry-after')
    const waitMs = retryDelayMs(policy, attempts, { status, retryAfter, nowMs, random })
    return { kind: 'retry', due: Math.ceil(nowMs + waitMs), failure }
  }

  failure(why: string): Failure {
    const { status, body, ms } = this.#result
    const begunAt = Math.floor(this.#moment.nowMs - ms)
    return {
      route: this.#route.id,
      reason: why,
      ...(status === undefined ? {} : { code: status }),
      destination: this.#url,
      ...(body.length === 0 ? {} : { body: Buffer.from(body.subarray(0, keptBodyBytes)).toString('base64') }),
      attempts: this.#lease.attempts + 1,
      firstAttempt: this.#lease.firstAttempt ?? begunAt,
      lastAttempt: begunAt,
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
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly replies: readonly CloudEvent[]; readonly note?: { note: string } }
  | Unread

type Unread =
  | { readonly kind: 'oversized'; readonly reply: CloudEvent | undefined }
  | { readonly kind: 'malformed'; readonly reason: string }

const noAnswer: Answer = { kind: 'none' }

/** Whether an answer may hold a reply that somebody wants: only then its body is of use. */
export function mayHoldReply(route: Route, status: number, headers: readonly string[]): boolean {
  return route.role === 'subscriber' && route.reply !== undefined && announcesReply(status, headers)
}

/** The reply in a 2xx; only a subscriber's counts, and only where somebody wants it. */
function readAnswer(route: Route, { status, headers, body, truncated }: AttemptResult): Answer {
  if (status === undefined || route.role !== 'subscriber' || route.reply === undefined) return noAnswer
  if (truncated) {
    if (!announcesReply(status, headers)) return noAnswer
    // in binary mode the attributes are whole, only the data is lost
    const head = readHttpReply(status, headers, new Uint8Array(0))
    return { kind: 'oversized', reply: head.kind === 'events' ? head.events[0] : undefined }
  }
  const reply = readHttpReply(status, headers, body)
  switch (reply.kind) {
    case 'none':
      return noAnswer
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
