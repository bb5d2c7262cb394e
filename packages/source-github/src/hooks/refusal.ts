import { SourceError } from '@millrace/source-sdk'
import { WEBHOOK_CONFIGURED } from '../kind.ts'
import { memberAt, textAt } from '../payload.ts'

/** An answer of the API that is not what was asked for. */
export interface RefusedCall {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly value: unknown
  readonly nowMs: number
}

/** What may be mended at GitHub without a change here is looked at again this often. */
const mendedElsewhereMs = 5 * 60_000
/** GitHub, "Rate limits for the REST API": without a header, wait for at least a minute. */
const unsaidMs = 60_000

/** What an answer of the API means: a condition with a sentence that says what to do, and when to come back. */
export function refusal(call: RefusedCall): SourceError {
  const { status, headers, nowMs } = call
  const limitedMs = rateLimitMs(call)
  if (limitedMs !== undefined)
    return retryable(call, 'RateLimited', `slow down: no request for ${seconds(limitedMs)}`, limitedMs)
  switch (status) {
    case 401:
      return retryable(
        call,
        'AuthenticationFailed',
        'put a valid access token into the Secret',
        mendedElsewhereMs,
      )
    case 403:
      return retryable(call, 'Forbidden', `the access token ${mustManageHooks}`, mendedElsewhereMs)
    case 404:
      return retryable(
        call,
        'NotFound',
        `ownerAndRepository must exist, and the access token ${mustManageHooks}`,
        mendedElsewhereMs,
      )
    case 422:
      return retryable(call, 'ValidationFailed', 'GitHub does not take this hook', mendedElsewhereMs)
    default:
      return status >= 500
        ? retryable(call, 'GitHubUnavailable', 'it is tried again', retryAfterMs(headers, nowMs))
        : retryable(call, 'UnexpectedAnswer', 'githubAPIURL must be the API of GitHub', mendedElsewhereMs)
  }
}

const mustManageHooks = 'must be allowed to manage webhooks (admin:repo_hook or admin:org_hook)'

/**
 * How long a limit asks to wait, milliseconds; undefined: the answer is of no limit. A limit is 403 or 429; 403
 * is also said of permissions, so that something else must tell of the limit.
 */
function rateLimitMs({ status, headers, value, nowMs }: RefusedCall): number | undefined {
  if (status !== 403 && status !== 429) return undefined
  const asked = retryAfterMs(headers, nowMs)
  if (asked !== undefined) return asked
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset'])
    return Number.isFinite(reset) ? Math.max(1000, reset * 1000 - nowMs) : unsaidMs
  }
  return status === 429 || /rate limit|abuse/i.test(textAt(value, 'message') ?? '') ? unsaidMs : undefined
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const text = headers['retry-after']
  if (text === undefined) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? undefined : Math.max(1000, ms)
}

function retryable(call: RefusedCall, reason: string, advice: string, afterMs?: number): SourceError {
  return SourceError.retryable(`${said(call)}; ${advice}`, {
    condition: WEBHOOK_CONFIGURED,
    reason,
    ...(afterMs !== undefined && { afterMs }),
  })
}

/** The request and GitHub's own words. */
function said({ method, url, status, value }: RefusedCall): string {
  const words = [textAt(value, 'message'), ...errorsOf(value)].filter((text) => text !== undefined)
  const answer = words.length === 0 ? `${status}` : `${status}: ${words.join(', ').slice(0, longest)}`
  return `GitHub answered ${method} ${new URL(url).pathname} with ${answer}`
}

const longest = 300

function errorsOf(value: unknown): (string | undefined)[] {
  const errors = memberAt(value, 'errors')
  if (!Array.isArray(errors)) return []
  return errors.map((error: unknown) => (typeof error === 'string' ? error : textAt(error, 'message')))
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}
