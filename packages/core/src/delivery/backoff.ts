import type { DeliveryPolicy } from './policy.ts'
import { parseRetryAfter } from './retry-after.ts'

/** What a wait depends on besides the policy. */
export interface RetryContext {
  /** Status of the answer; none: there was none. */
  readonly status: number | undefined
  /** The answer's Retry-After, as it came. */
  readonly retryAfter: string | undefined
  readonly nowMs: number
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number
}

const jitter = 0.1
/** Keeps a due time a date: doubling has no end where no cap is set. */
const longestMs = 36_525 * 24 * 3_600_000

/**
 * Milliseconds before the n-th retry (from 1): linear delay × n, exponential delay × 2^(n−1), with up to
 * 10 % added so that deliveries that failed together do not return together, capped by `backoffMaxMs`.
 * A Retry-After on 429 and 503 is honoured up to `retryAfterMaxMs` where it is longer.
 */
export function retryDelayMs(policy: DeliveryPolicy, n: number, context: RetryContext): number {
  const factor = policy.backoffPolicy === 'linear' ? n : 2 ** (n - 1)
  const backoff = Math.min(policy.backoffDelayMs * factor, longestMs)
  const spread = backoff + Math.floor(backoff * jitter * context.random())
  return Math.max(Math.min(spread, policy.backoffMaxMs ?? spread), askedFor(policy, context))
}

function askedFor(policy: DeliveryPolicy, { status, retryAfter, nowMs }: RetryContext): number {
  if (retryAfter === undefined || (status !== 429 && status !== 503)) return 0
  return Math.min(parseRetryAfter(retryAfter, nowMs) ?? 0, policy.retryAfterMaxMs)
}
