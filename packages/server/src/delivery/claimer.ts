import type { ClaimRequest, ClaimResult, Lease, Storage } from '@millrace/storage'
import type { Worker } from '../worker.ts'
import { ClaimedRecords } from './claimed-records.ts'
import type { RouteQueue } from './route-queue.ts'
import type { Windows } from './windows.ts'

/** Routes asked about in one call: each may bring one event, whatever its size. */
const batchRoutes = 64
/** A route whose claim failed by itself is asked about again after so long. */
const failurePauseMs = 10_000
/** How long a route with an order gathers what has come, while it has work. */
const gatherMs = 5
/** A timer is never set further ahead, so that a clock that jumps, or a machine that slept, is noticed. */
const longestSleepMs = 60_000

export interface ClaimerOptions {
  readonly storage: Pick<Storage, 'claim'>
  readonly windows: Windows
  /** Takes a lease in: reads its record and holds it. */
  readonly take: (queue: RouteQueue, lease: Lease, records: ClaimedRecords) => void
  /** All that was claimed for the queue is in. */
  readonly claimed: (queue: RouteQueue) => void
  /** The queue's claims begin to fail; they go on. */
  readonly failed: (queue: RouteQueue, error: unknown) => void
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
  /** Queues whose last claim failed, with the time (monotonic ms) of the first failure. */
  readonly #failing = new Map<RouteQueue, number>()
  #wake: () => void = () => undefined
  #stuckSince: number | undefined
  #stopped = false

  constructor(options: ClaimerOptions) {
    this.#options = options
  }

  /** Since when (monotonic ms) claims that should go on have not; undefined: all is well. */
  get stuckSince(): number | undefined {
    const [failingSince] = this.#failing.values()
    if (failingSince === undefined || this.#stuckSince === undefined) return failingSince ?? this.#stuckSince
    return Math.min(failingSince, this.#stuckSince)
  }

  /** Nothing more is claimed. */
  stop(): void {
    this.#stopped = true
    this.#wanted.clear()
  }

  /** Looks at what the queue waits for: claims now, sets its timer, or leaves it until it has room. */
  check(queue: RouteQueue): void {
    clearTimeout(queue.timer)
    queue.timer = undefined
    if (this.#stopped || !queue.active || queue.claiming || queue.nextDue === undefined) return
    const waitMs = Math.max(queue.nextDue - this.#options.now(), gatheringMs(queue))
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
    if (this.#starved.size === 0) return
    const some = [...this.#starved.values().take(8)]
    for (const queue of some) {
      this.#starved.delete(queue)
      this.check(queue)
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    while (!signal.aborted) {
      const queues = this.#nextBatch()
      if (queues.length === 0) {
        this.#stuckSince = undefined
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        if (this.#wanted.size === 0 && !signal.aborted) await promise
      } else await this.#claim(queues)
    }
  }

  async #claim(queues: readonly RouteQueue[]): Promise<void> {
    const { storage } = this.#options
    for (const queue of queues) {
      queue.claiming = true
      queue.claimedAt = performance.now()
      // the answer says it anew; what becomes known while it is under way counts too
      queue.nextDue = undefined
    }
    let results: readonly ClaimResult[]
    try {
      results = await storage.claim(queues.map((queue) => this.#request(queue, queues.length)))
    } catch (err) {
      return this.#claimFailed(queues, err)
    }
    this.#stuckSince = undefined
    const records = new ClaimedRecords()
    for (const [index, queue] of queues.entries()) {
      this.#failing.delete(queue)
      this.#takeIn(queue, results[index], records)
    }
  }

  /** One of several may be at fault: each is asked for by itself, and one that fails so is tried again later. */
  async #claimFailed(queues: readonly RouteQueue[], err: unknown): Promise<void> {
    const { now, failed } = this.#options
    const [queue] = queues
    if (queue === undefined) return
    if (queues.length > 1) {
      for (const one of queues) await this.#claim([one])
      return
    }
    queue.claiming = false
    queue.expect(now() + failurePauseMs)
    if (!this.#failing.has(queue)) {
      this.#failing.set(queue, performance.now())
      failed(queue, err)
    }
    this.check(queue)
  }

  #nextBatch(): RouteQueue[] {
    const batch: RouteQueue[] = []
    for (const queue of this.#wanted) {
      if (batch.length === batchRoutes) break
      this.#wanted.delete(queue)
      if (!queue.active) this.#failing.delete(queue)
      else if (this.#options.windows.budget.room(queue.heldBytes) === 0) this.#starved.add(queue)
      else batch.push(queue)
    }
    return batch
  }

  /** The queues of one call share what is free of the budget. */
  #request(queue: RouteQueue, sharers: number): ClaimRequest {
    const room = this.#options.windows.budget.room(queue.heldBytes)
    return { route: queue.number, max: queue.room, maxBytes: Math.floor(room / sharers) }
  }

  #takeIn(queue: RouteQueue, result: ClaimResult | undefined, records: ClaimedRecords): void {
    const { take, claimed, now } = this.#options
    queue.claiming = false
    for (const lease of result?.leases ?? []) take(queue, lease, records)
    if (result?.nextDue !== undefined) queue.expect(result.nextDue)
    queue.spilled = queue.spilling > 0 || queue.isDue(now())
    claimed(queue)
    this.check(queue)
  }
}

/**
 * What has an order comes by claims alone. While it has work, a route with one is asked about now and then
 * rather than for each event, so that a claim brings several.
 */
function gatheringMs({ route, held, claimedAt }: RouteQueue): number {
  if (route.flow?.orderedBy === undefined || held === 0) return 0
  return claimedAt + gatherMs - performance.now()
}

/** Claims are made for a quarter of the window at least, or when nothing is left to do. */
function hasClaimableRoom(queue: RouteQueue): boolean {
  return queue.room > 0 && (queue.room >= queue.window / 4 || queue.held === 0)
}
