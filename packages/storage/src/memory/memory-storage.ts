import { hostname } from 'node:os'
import { assertKnownRoutes, assertSettlements } from '../known-routes.ts'
import type {
  Advance,
  AppendItem,
  AppendResult,
  Lease,
  Member,
  Refusal,
  Settlement,
  SettleResult,
  Storage,
  StorageLimits,
} from '../storage.ts'
import { StoredJobs } from '../stored-jobs.ts'
import { shareRefusal, totalRefusal } from '../limits.ts'
import { movedRefusal } from '../moved-refusal.ts'
import { appendOne } from './memory-appends.ts'
import { memoryArchive } from './memory-archive.ts'
import { claimOne, statsOf } from './memory-claims.ts'
import { memoryDeadLetters } from './memory-dead-letters.ts'
import { memoryDeliveries } from './memory-deliveries.ts'
import { expireMemory } from './memory-expiry.ts'
import { MemoryHandle } from './memory-handle.ts'
import { MemoryImage } from './memory-image.ts'
import { memoryParked } from './memory-parked.ts'
import { memoryRoutes } from './memory-routes.ts'
import { settleOne } from './memory-settles.ts'
import { memoryCheckpoints, memorySingletons } from './memory-small.ts'

export interface MemoryStorageOptions {
  /** Milliseconds since the epoch; the system's clock by default. */
  readonly now?: () => number
  /** Appends are refused (`full`) where records would take more than this; 256 MiB by default. */
  readonly limitBytes?: number
  readonly limits?: StorageLimits
}

const defaultLimitBytes = 256 * 1024 * 1024
const fullRetryAfterMs = 5_000

/** The store in memory: the reference, and what `memory:` gives. All is gone with the process. */
export function memoryStorage(options: MemoryStorageOptions = {}): Storage {
  return openMemory(new MemoryHandle(new MemoryImage(), options.now ?? Date.now), options)
}

/** The store over a handle, which a test can let die. */
export function openMemory(handle: MemoryHandle, options: MemoryStorageOptions = {}): Storage {
  const { image } = handle
  const limit = options.limitBytes ?? defaultLimitBytes

  function append(items: readonly AppendItem[], advance: Advance | undefined): AppendResult[] {
    assertKnownRoutes(items, image.known)
    const now = handle.now()
    const refused =
      overMemory(items) ?? overLimit(image.events.unsettled, items, options.limits) ?? moved(advance)
    if (advance !== undefined && refused === undefined)
      image.checkpoints.set(advance.key, new TextEncoder().encode(advance.to))
    return items.map((item) => refused ?? appendOne(image, item, now))
  }

  function moved(advance: Advance | undefined): Refusal | undefined {
    if (advance === undefined) return undefined
    const { key, from } = advance
    const value = image.checkpoints.get(key)
    const found = value === undefined ? undefined : new TextDecoder().decode(value)
    return found === from ? undefined : movedRefusal(key)
  }

  function overMemory(items: readonly AppendItem[]): Refusal | undefined {
    if (image.events.bytes + bytesOf(items) <= limit) return undefined
    const detail = `the store in memory holds its limit of ${limit} bytes`
    handle.become({ kind: 'full', detail })
    return { kind: 'refused', reason: 'full', detail, retryAfterMs: fullRetryAfterMs }
  }

  function settle(items: readonly Settlement[]): SettleResult[] {
    assertSettlements(items, image.known)
    const results = items.map((item) => settleOne(image, item, handle.now()))
    if (image.promoted.size > 0) handle.wake([...image.promoted])
    image.promoted.clear()
    return results
  }

  function release(leases: readonly Lease[]): void {
    for (const { id } of leases) {
      const delivery = image.deliveries.get(id)
      if (delivery?.state === 'leased') image.wait(delivery)
    }
  }

  /** Room again is announced by what made it. */
  async function freeing<T>(done: Promise<T>): Promise<T> {
    const result = await done
    if (image.events.bytes < limit) handle.become({ kind: 'ok' })
    return result
  }

  const routes = memoryRoutes(handle)
  const deliveries = memoryDeliveries(handle)
  const deadLetters = memoryDeadLetters(handle)
  const checkpoints = memoryCheckpoints(handle)
  const self: Member = { id: `${process.pid}`, host: hostname(), pid: process.pid, since: handle.now() }

  return {
    capabilities: { shared: false, atomic: 'store', durable: false },
    append: (items, advance) => handle.commit(() => append(items, advance)),
    claim: (requests) =>
      handle.commit(() => requests.map((request) => claimOne(image, request, handle.now()))),
    release: (leases) => handle.commit(() => release(leases)),
    settle: (items) => freeing(handle.commit(() => settle(items))),
    renew: () => handle.commit(() => undefined),
    holds: () => true,
    get health() {
      return handle.health
    },
    subscribe: (events) => handle.subscribe(events),
    routes: { ...routes, drop: (route, most) => freeing(routes.drop(route, most)) },
    deliveries: { ...deliveries, cancel: (ids) => freeing(deliveries.cancel(ids)) },
    parked: memoryParked(handle),
    deadLetters: { ...deadLetters, drop: (ids) => freeing(deadLetters.drop(ids)) },
    archive: memoryArchive(handle),
    checkpoints,
    singletons: memorySingletons(handle),
    jobs: new StoredJobs(checkpoints, handle.now),
    attempts: (id) => handle.commit(() => image.attempts.get(id) ?? []),
    member: self.id,
    members: () => handle.commit(() => [self]),
    stats: () => handle.commit(() => statsOf(image)),
    info: () =>
      handle.commit(() => ({
        durability: 'in memory only: lost when the process ends',
        bytes: image.events.bytes,
      })),
    expire: (before) => freeing(handle.commit(() => expireMemory(handle, before))),
    close: async () => handle.close(),
  }
}

/** What an append would exceed; what is not to be delivered waits for nobody. */
function overLimit(
  unsettled: ReadonlyMap<string, number>,
  items: readonly AppendItem[],
  { ownerBytes, totalBytes }: StorageLimits = {},
): Refusal | undefined {
  const waiting = items.filter(({ to }) => to.length > 0)
  const owner = waiting[0]?.owner
  if (owner === undefined) return undefined
  const bytes = bytesOf(waiting)
  if (ownerBytes !== undefined && (unsettled.get(owner) ?? 0) + bytes > ownerBytes)
    return shareRefusal(owner, ownerBytes)
  const total = unsettled.values().reduce((sum, each) => sum + each, 0)
  return totalBytes !== undefined && total + bytes > totalBytes ? totalRefusal(totalBytes) : undefined
}

function bytesOf(items: readonly AppendItem[]): number {
  return items.reduce((sum, { record }) => sum + record.length, 0)
}
