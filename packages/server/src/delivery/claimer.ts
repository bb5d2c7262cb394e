import type { ClaimRequest, Lease, Storage } from '@millrace/storage'
import type { Worker } from '../worker.ts'
import type { RouteQueue } from './route-queue.ts'
import type { Windows } from './windows.ts'

/** Routes asked about in one call. */
const batchRoutes = 256
/** A timer is never set further ahead, so that a clock that jumps is noticed. */
const longestSleepMs = 3_600_000

export interface ClaimerOptions {
  readonly storage: Pick<Storage, 'claim'>
  readonly windows: Windows
  /** Takes a lease in: decodes its record and holds it. */
  readonly take: (queue: RouteQueue, lease: Lease) => void
  /** All that was claimed for the queue is in. */
  readonly claimed: (queue: RouteQueue) => void
  readonly now: () => number
}

/**
 * Brings back what waits in the store: spilled deliveries, due retries, what a dead process held. It sleeps
 * until a route has something due and room for it.
 */
export class Claimer implements Worker {
  readonly name = 'claimer'
  readonly #options: ClaimerOptions
  readonly #wanted = new Set<RouteQueue>()
  readonly #starved = new Set<RouteQueue>()
  #wake: () => void = () => undefined
  #stuckSince: number | undefined

  constructor(options: ClaimerOptions) {
    this.#options = options
  }

  /** Since when (monotonic ms) claims that should go on have not; undefined: all is well. */
  get stuckSince(): number | undefined {
    return this.#stuckSince
  }

  /** Looks at what the queue waits for: claims now, sets its timer, or leaves it until it has room. */
  check(queue: RouteQueue): void {
    clearTimeout(queue.timer)
    queue.timer = undefined
    if (!queue.active || queue.claiming || queue.nextDue === undefined) return
    const waitMs = queue.nextDue - this.#options.now()
    if (waitMs > 0) {
      queue.timer = setTimeout(() => this.check(queue), Math.min(waitMs, longestSleepMs))
      queue.timer.unref()
      return
    }
    if (!hasClaimableRoom(queue)) return
    if (this.#options.windows.budget.room(queue.heldBytes) === 0) {
      this.#starved.add(queue)
      return
    }
    this.#wanted.add(queue)
    this.#stuckSince ??= performance.now()
    this.#wake()
  }

  /** Bytes of the budget are free again: the routes that wait for them are looked at, some at a time. */
  freed(): void {
    const some = [...this.#starved.values().take(8)]
    for (const queue of some) {
      this.#starved.delete(queue)
      this.check(queue)
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { storage } = this.#options
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    while (!signal.aborted) {
      const queues = this.#nextBatch()
      if (queues.length === 0) {
        this.#stuckSince = undefined
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        if (this.#wanted.size === 0 && !signal.aborted) await promise
        continue
      }
      for (const queue of queues) queue.claiming = true
      try {
        const results = await storage.claim(queues.map((queue) => this.#request(queue)))
        this.#stuckSince = undefined
        for (const [index, queue] of queues.entries()) {
          const result = results[index]
          queue.claiming = false
          if (result !== undefined) this.#takeIn(queue, result.leases, result.nextDue)
        }
      } finally {
        for (const queue of queues) queue.claiming = false
      }
    }
  }

  #nextBatch(): RouteQueue[] {
    const batch: RouteQueue[] = []
    for (const queue of this.#wanted) {
      if (batch.length === batchRoutes) break
      this.#wanted.delete(queue)
      if (queue.active) batch.push(queue)
    }
    return batch
  }

  #request(queue: RouteQueue): ClaimRequest {
    const { windows } = this.#options
    return { route: queue.number, max: queue.room, maxBytes: windows.budget.room(queue.heldBytes) }
  }

  #takeIn(queue: RouteQueue, leases: readonly Lease[], nextDue: number | undefined): void {
    for (const lease of leases) this.#options.take(queue, lease)
    queue.nextDue = nextDue
    const waiting = queue.spilling > 0 || (nextDue !== undefined && nextDue <= this.#options.now())
    queue.spilled = waiting
    this.#options.claimed(queue)
    this.check(queue)
  }
}

/** Claims are made for a quarter of the window at least, or when nothing is left to do. */
function hasClaimableRoom(queue: RouteQueue): boolean {
  return queue.room > 0 && (queue.room >= queue.window / 4 || queue.held === 0)
}
