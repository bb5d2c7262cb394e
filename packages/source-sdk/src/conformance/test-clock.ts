import type { Clock } from '../context.ts'

interface Sleeper {
  readonly time: number
  readonly wake: () => void
}

/** Time that moves when it is told to. */
export class TestClock implements Clock {
  #now: number
  readonly #sleepers = new Set<Sleeper>()

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  until(time: number, signal: AbortSignal): Promise<void> {
    if (time <= this.#now || signal.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const sleeper = { time, wake: resolve }
    this.#sleepers.add(sleeper)
    signal.addEventListener('abort', () => resolve(), { once: true })
    return promise.finally(() => this.#sleepers.delete(sleeper))
  }

  /** When somebody is to be woken next. */
  get next(): number {
    return Math.min(...[...this.#sleepers].map(({ time }) => time))
  }

  /** Moves on at once, however many wait in between. */
  jump(time: number): void {
    this.#now = Math.max(this.#now, time)
    for (const sleeper of this.#sleepers) if (sleeper.time <= this.#now) sleeper.wake()
  }
}
