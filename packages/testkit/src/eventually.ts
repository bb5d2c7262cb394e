import { setTimeout as delay } from 'node:timers/promises'

export interface EventuallyOptions {
  /** Default 10 s. */
  readonly timeoutMs?: number
}

/**
 * Waits for a fact: calls `check` until it neither throws nor gives `false`, and gives what it gave.
 * @throws what the last call threw, when the time is over.
 */
export async function eventually<T>(check: () => T, options: EventuallyOptions = {}): Promise<Awaited<T>> {
  const deadline = performance.now() + (options.timeoutMs ?? 10_000)
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 1.5, 100)) {
    const result = await attempt(check)
    if (result.kind === 'holds') return result.value
    if (performance.now() >= deadline) throw result.error
    await delay(waitMs)
  }
}

type Attempt<T> = { kind: 'holds'; value: T } | { kind: 'not yet'; error: unknown }

async function attempt<T>(check: () => T): Promise<Attempt<Awaited<T>>> {
  try {
    const value = await check()
    if (value === false) return { kind: 'not yet', error: new Error(`never held: ${check.toString()}`) }
    return { kind: 'holds', value }
  } catch (error) {
    return { kind: 'not yet', error }
  }
}
