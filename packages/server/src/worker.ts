/** Something long-lived. It runs until the signal aborts; returning or throwing before is a failure. */
export interface Worker {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
}
