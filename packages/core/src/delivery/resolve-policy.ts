import { parseDuration } from './duration.ts'
import type { DeliveryPolicy } from './policy.ts'

/** `spec.delivery` as a manifest has it, without its destinations; durations are ISO 8601. */
export interface DeliverySpec {
  readonly retry?: number
  readonly backoffPolicy?: 'linear' | 'exponential'
  readonly backoffDelay?: string
  readonly timeout?: string
  readonly retryAfterMax?: string
  readonly format?: 'json' | 'binary'
}

/** The annotation that caps the backoff. */
export const backoffMaxAnnotation = 'millrace.dev/backoff-max'

/** Where neither the route nor what it belongs to has a `delivery` (Knative's default for brokers). */
const retryWithoutDelivery = 10
const backoffDelay = 'PT0.2S'
const timeout = 'PT5M'
const retryAfterMax = 'PT10M'
/** The longest time that a timer can run. */
const longestTimeoutMs = 2 ** 31 - 1

/**
 * The policy of a route: its own `delivery` replaces the whole of the inherited one; one that is present
 * without `retry` means no retries.
 * @throws {RangeError} for a duration that does not parse, which a manifest's rules have refused before.
 */
export function resolvePolicy(
  own: DeliverySpec | undefined,
  inherited: DeliverySpec | undefined,
  annotations: Readonly<Record<string, string>> = {},
): DeliveryPolicy {
  const spec = own ?? inherited ?? { retry: retryWithoutDelivery }
  const backoffMax = annotations[backoffMaxAnnotation]
  return {
    retry: spec.retry ?? 0,
    backoffPolicy: spec.backoffPolicy ?? 'exponential',
    backoffDelayMs: duration('backoffDelay', spec.backoffDelay ?? backoffDelay),
    backoffMaxMs: backoffMax === undefined ? undefined : duration(backoffMaxAnnotation, backoffMax),
    timeoutMs: Math.min(duration('timeout', spec.timeout ?? timeout), longestTimeoutMs),
    retryAfterMaxMs: duration('retryAfterMax', spec.retryAfterMax ?? retryAfterMax),
    format: spec.format,
  }
}

function duration(field: string, text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined)
    throw new RangeError(`${field}: ${JSON.stringify(text)} is no ISO 8601 duration such as PT0.2S`)
  return ms
}
