/** How a route's deliveries are attempted; every field resolved, durations in milliseconds. */
export interface DeliveryPolicy {
  /** Retries after the first attempt. */
  readonly retry: number
  readonly backoffPolicy: 'linear' | 'exponential'
  readonly backoffDelayMs: number
  /** Cap of the backoff (`millrace.dev/backoff-max`). */
  readonly backoffMaxMs: number | undefined
  /** For each attempt, from the moment the request goes out. */
  readonly timeoutMs: number
  /** The most that a Retry-After can ask for; 0 ignores it. */
  readonly retryAfterMaxMs: number
  /** Unset: binary, structured where the headers would exceed 8 KiB. */
  readonly format: 'json' | 'binary' | undefined
}
