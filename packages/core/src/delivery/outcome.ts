import { retryDelayMs, type RetryContext } from './backoff.ts'
import type { DeliveryPolicy } from './policy.ts'

/**
 * What an answer's status means (Knative data plane, "Event Delivery and Retry"; 408 as Knative's code):
 * 2xx is delivered; 404, 408, 409, 429, 5xx and what is outside the specification's table are retried, and
 * so is no answer at all; other 4xx, 3xx and 1xx are not.
 */
export function classify(status: number | undefined): 'delivered' | 'retry' | 'dead' {
  if (status === undefined || status < 100 || status >= 500) return 'retry'
  if (status >= 200 && status < 300) return 'delivered'
  return status === 404 || status === 408 || status === 409 || status === 429 ? 'retry' : 'dead'
}

export type AttemptOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'dead' }

export interface AttemptFacts extends RetryContext {
  /** The answer was a 2xx with a malformed CloudEvent: a failure that is retried. */
  readonly malformedReply?: boolean
}

/** What follows from an attempt; `attemptsMade` counts it too. */
export function attemptOutcome(
  policy: DeliveryPolicy,
  attemptsMade: number,
  facts: AttemptFacts,
): AttemptOutcome {
  const verdict = facts.malformedReply === true ? 'retry' : classify(facts.status)
  if (verdict !== 'retry') return { kind: verdict }
  if (attemptsMade > policy.retry) return { kind: 'dead' }
  return { kind: 'retry', afterMs: retryDelayMs(policy, attemptsMade, facts) }
}
