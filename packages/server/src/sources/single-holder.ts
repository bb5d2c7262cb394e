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

/** The name is held, as far as is known. */
export interface Hold {
  /** It is lost, or nobody wants it any more. */
  readonly signal: AbortSignal
  /** Whoever holds the name later has a larger one. */
  readonly token: number
  /** Asks, where this process may have stood still for too long. @throws where the name is lost */
  readonly confirm: () => Promise<void>
}

/**
 * Runs something while this process is the one that holds a name: waits for the name, renews it, and ends the
 * run when it is lost; after a death another process has it within the length of the lease.
 */
export async function whileHolding(
  { singletons, name, holder, clock, signal }: HoldOptions,
  run: (hold: Hold) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const token = await singletons.acquire(name, holder, leaseMs).catch(() => undefined)
    if (token === undefined) {
      await clock.until(clock.now() + renewMs, signal)
      continue
    }
    const lost = new AbortController()
    const held = AbortSignal.any([signal, lost.signal])
    let [until, untilMonotonic] = times()
    const extend = async (): Promise<void> => {
      const [next, nextMonotonic] = times()
      const renewed = await singletons.renew(name, token, leaseMs).catch(() => undefined)
      if (renewed === true) [until, untilMonotonic] = [next, nextMonotonic]
      // a store that does not answer may still know the lease: another takes it only when it has run out
      if (renewed === false || clock.now() + renewMs >= until)
        lost.abort(new Error(`${name} is another process's by now`))
    }
    const confirm = async (): Promise<void> => {
      if (clock.now() >= until || performance.now() >= untilMonotonic) await extend()
      held.throwIfAborted()
    }
    const renewing = keep(held, extend)
    try {
      await run({ signal: held, token, confirm })
    } finally {
      lost.abort()
      await renewing
      await singletons.release(name, token).catch(() => undefined)
    }
  }

  /** Until when a lease that is renewed now is held, by both clocks. */
  function times(): [wall: number, monotonic: number] {
    return [clock.now() + leaseMs, performance.now() + leaseMs]
  }

  async function keep(held: AbortSignal, extend: () => Promise<void>): Promise<void> {
    while (!held.aborted) {
      await clock.until(clock.now() + renewMs, held)
      if (!held.aborted) await extend()
    }
  }
}
