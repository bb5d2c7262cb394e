import type { Clock } from '@millrace/source-sdk'
import type { Singletons } from '@millrace/storage'

const leaseMs = 10_000
const renewMs = 3_000

export interface HoldOptions {
  readonly singletons: Singletons
  readonly name: string
  /** This process. */
  readonly holder: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Runs something while this process is the one that holds a name: waits for the name, renews it, and ends the
 * run when it is lost; after a death another process has it within the length of the lease.
 */
export async function whileHolding(
  { singletons, name, holder, clock, signal }: HoldOptions,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const token = await singletons.acquire(name, holder, leaseMs).catch(() => undefined)
    if (token === undefined) {
      await clock.until(clock.now() + renewMs, signal)
      continue
    }
    const lost = new AbortController()
    const held = AbortSignal.any([signal, lost.signal])
    const renewing = renew(token, lost, held)
    try {
      await run(held)
    } finally {
      lost.abort()
      await renewing
      await singletons.release(name, token).catch(() => undefined)
    }
  }

  async function renew(token: number, lost: AbortController, held: AbortSignal): Promise<void> {
    let until = clock.now() + leaseMs
    while (!held.aborted) {
      await clock.until(clock.now() + renewMs, held)
      if (held.aborted) return
      const renewed = await singletons.renew(name, token, leaseMs).catch(() => undefined)
      if (renewed === true) until = clock.now() + leaseMs
      // a store that does not answer may still know the lease: another takes it only when it has run out
      if (renewed === false || clock.now() + renewMs >= until) lost.abort()
    }
  }
}
