import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from './worker.ts'

export interface SupervisorLog {
  error(fields: object, message: string): void
}

const firstPauseMs = 100
const longestPauseMs = 10_000

/** Keeps workers running: one that fails is started again, with growing pauses, and known as down meanwhile. */
export class Supervisor {
  readonly #log: SupervisorLog
  readonly #abort = new AbortController()
  readonly #running: Promise<void>[] = []
  readonly #names = new Set<string>()
  readonly #down = new Map<string, string>()

  constructor(log: SupervisorLog) {
    this.#log = log
  }

  /** Names of workers that are not running now, with the reason. */
  get down(): ReadonlyMap<string, string> {
    return this.#down
  }

  /** All workers by name, and whether each is up. */
  get workers(): ReadonlyMap<string, boolean> {
    return new Map([...this.#names].map((name) => [name, !this.#down.has(name)]))
  }

  start(worker: Worker): void {
    this.#names.add(worker.name)
    this.#running.push(this.#keep(worker))
  }

  /** Ends all and waits for them. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#running)
  }

  async #keep(worker: Worker): Promise<void> {
    const { signal } = this.#abort
    let pauseMs = firstPauseMs
    while (!signal.aborted) {
      const startedAt = performance.now()
      this.#down.delete(worker.name)
      try {
        await worker.run(signal)
        if (signal.aborted) return
        throw new Error('the worker ended by itself')
      } catch (err) {
        if (signal.aborted) return
        this.#down.set(worker.name, err instanceof Error ? err.message : String(err))
        this.#log.error({ worker: worker.name, err }, 'a worker failed and is started again')
      }
      if (performance.now() - startedAt > longestPauseMs) pauseMs = firstPauseMs
      await delay(pauseMs, undefined, { signal }).catch(() => undefined)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }
}
