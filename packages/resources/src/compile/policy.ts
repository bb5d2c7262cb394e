import type { DeliveryPolicy } from '@millrace/core'

export function policyOf(): DeliveryPolicy {
  return {
    retry: 10,
    backoffPolicy: 'exponential',
    backoffDelayMs: 200,
    backoffMaxMs: undefined,
    timeoutMs: 300_000,
    retryAfterMaxMs: 600_000,
    format: undefined,
  }
}
