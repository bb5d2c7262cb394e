import { StorageError, StorageOpenError } from '../errors.ts'
import type { RouteNumber, StorageEvents, StorageHealth } from '../storage.ts'
import type { MemoryImage, StoredDelivery } from './memory-image.ts'

/** Where a test lets the process die: the caller never gets its answer. */
export type CrashPoint = 'before-commit' | 'after-commit'

/** One process's hold on an image: the leases are its own, and every operation is one step. */
export class MemoryHandle {
  readonly image: MemoryImage
  readonly now: () => number
  health: StorageHealth = { kind: 'ok' }
  readonly #listeners = new Set<Partial<StorageEvents>>()
  #state: 'open' | 'closed' | 'crashed' = 'open'
  #crashAt: CrashPoint | undefined

  constructor(image: MemoryImage, now: () => number) {
    if (image.held) throw new StorageOpenError('held', 'the store is held by another handle of this process')
    image.held = true
    this.image = image
    this.now = now
  }

  /** Runs one operation as a whole, or dies before or after it. */
  async commit<T>(work: () => T): Promise<T> {
    if (this.#state === 'closed') throw new StorageError('closed', 'the store is closed')
    if (this.#state === 'crashed' || this.#crashAt === 'before-commit') return this.#die()
    const result = work()
    return this.#crashAt === 'after-commit' ? this.#die() : result
  }

  /** Deliveries of a route that nobody works on. */
  idle(route: RouteNumber): StoredDelivery[] {
    return [...this.image.queueOf(route).all].filter((delivery) => delivery.state !== 'leased')
  }

  dropIdle(route: RouteNumber, most?: number): number {
    const dropped = this.idle(route).slice(0, most)
    for (const delivery of dropped) this.image.removeDelivery(delivery)
    return dropped.length
  }

  wake(routes: readonly RouteNumber[] | 'all'): void {
    for (const { wake } of this.#listeners) if (wake !== undefined) queueMicrotask(() => wake(routes))
  }

  become(health: StorageHealth): void {
    if (health.kind === this.health.kind) return
    this.health = health
    for (const listener of this.#listeners) listener.health?.(health)
  }

  subscribe(events: Partial<StorageEvents>): () => void {
    this.#listeners.add(events)
    return () => void this.#listeners.delete(events)
  }

  crash(at?: CrashPoint): void {
    this.#crashAt = at
    if (at === undefined) void this.#die()
  }

  close(): void {
    if (this.#state === 'open') this.#letGo('closed')
  }

  #die(): Promise<never> {
    if (this.#state === 'open') this.#letGo('crashed')
    return new Promise(() => {})
  }

  /** A lease is the process's: without it the delivery is due again. */
  #letGo(state: 'closed' | 'crashed'): void {
    this.#state = state
    for (const delivery of this.image.deliveries.values())
      if (delivery.state === 'leased') this.image.wait(delivery)
    this.image.held = false
  }
}
