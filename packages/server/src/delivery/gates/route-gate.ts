import type { FlowControl } from '@millrace/core'
import type { AttemptResult } from '../attempt.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { RateLimit } from './rate-limit.ts'
import type { RateMemory } from './rate-memory.ts'

/** Timers are set no further ahead: one of more than 24 days fires at once. */
const longestSleepMs = 3_600_000

/** A clock that never jumps, milliseconds. */
export type Monotonic = () => number

/** A sink that is not ready is tried again after so long. */
const unreadyMs = 2_000

/** When attempts of a route that has a rate or a circuit, or leads to a sink, may begin. A plain route has no gate. */
export class RouteGate {
  readonly #now: Monotonic
  readonly #memory: RateMemory
  #flow: FlowControl = {}
  #sharers = 1
  #rate: RateLimit | undefined
  #circuit: CircuitBreaker | undefined
  /** When a sink that is not ready is tried again; none: it is. */
  #unreadyUntil: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(now: Monotonic, memory: RateMemory) {
    this.#now = now
    this.#memory = memory
  }

  get circuit(): CircuitBreaker | undefined {
    return this.#circuit
  }

  /** Takes over what the manifests say and how many share it; what has not changed goes on as it was. */
  update(flow: FlowControl, sharers: number): void {
    const { rate, circuit } = flow
    if (sharers !== this.#sharers || !same(rate, this.#flow.rate)) {
      this.#rate = rate === undefined ? undefined : new RateLimit(rate, sharers, this.#now())
      if (this.#rate?.isSlow === true) this.#resume(this.#rate)
    }
    if (!same(circuit, this.#flow.circuit))
      this.#circuit = circuit === undefined ? undefined : new CircuitBreaker(circuit)
    this.#flow = flow
    this.#sharers = sharers
  }

  /** Whether an attempt may begin now; if not, `again` is called once when one may. */
  mayBegin(again: () => void): boolean {
    const now = this.#now()
    const waitMs = Math.max(
      this.#rate?.waitMs(now) ?? 0,
      this.#circuit?.waitMs(now) ?? 0,
      (this.#unreadyUntil ?? now) - now,
    )
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (waitMs <= 0) return true
    this.#timer = setTimeout(again, Math.min(Math.ceil(waitMs), longestSleepMs))
    this.#timer.unref()
    return false
  }

  begun(): void {
    const now = this.#now()
    this.#rate?.begun(now)
    if (this.#rate?.isSlow === true) this.#memory.save(Date.now() + this.#rate.evenMs - now)
    this.#circuit?.begun(now)
    if (this.#unreadyUntil !== undefined) this.#unreadyUntil = now + unreadyMs
  }

  /** How long until attempts may begin again that do not count now. */
  get probeMs(): number {
    return this.#unreadyUntil === undefined ? (this.#flow.circuit?.probeMs ?? 0) : unreadyMs
  }

  /** → whether the attempt counts; one that does not is made again, and spends no retry. */
  ended(result: AttemptResult): boolean {
    const isUnready = result.failure === 'unready'
    this.#unreadyUntil = isUnready ? this.#now() + unreadyMs : undefined
    if (isUnready) return false
    return this.#circuit?.ended(result, this.#now()) ?? true
  }

  /** Takes over what an earlier process has begun. Where that cannot be read, it begins without a burst. */
  #resume(rate: RateLimit): void {
    const loaded = (even: number | undefined): void => {
      const now = this.#now()
      rate.resume(even === undefined ? now : now + even - Date.now(), now)
    }
    this.#memory.load().then(loaded, () => undefined)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}

function same(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
