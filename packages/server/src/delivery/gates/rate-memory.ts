import type { Checkpoints } from '@millrace/storage'

/** When the next attempt of a slow rate may begin, over restarts: milliseconds since the epoch. */
export interface RateMemory {
  /** Undefined: none has begun yet. */
  load(): Promise<number | undefined>
  save(evenMs: number): void
}

/** Kept in the store; where that fails, a restart begins anew. */
export function rateMemory(checkpoints: Checkpoints, routeId: string): RateMemory {
  const key = `rate/${routeId}`
  return {
    async load() {
      const known = await checkpoints.get(key)
      return known === undefined ? undefined : Number(Buffer.from(known).toString())
    },
    save(evenMs) {
      checkpoints.put(key, Buffer.from(String(Math.ceil(evenMs)))).catch(() => undefined)
    },
  }
}
