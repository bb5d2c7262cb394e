import { hostname } from 'node:os'
import {
  assertKnownRoute,
  assertKnownRoutes,
  assertSettlements,
  FencedError,
  StorageError,
  StoredJobs,
} from '@millrace/storage'
import type {
  Advance,
  AppendItem,
  AppendResult,
  Checkpoints,
  Member,
  RouteNumber,
  Settlement,
  SettleResult,
  Storage,
  StorageLimits,
} from '@millrace/storage'
import { appendResults, claimResult, refusal, settleResults, type AnswerContext } from './answers.ts'
import { deliveryKey } from './lease-id.ts'
import { sqliteDeliveries, sqliteParked } from './sqlite-waiting.ts'
import { storeInfo } from './store-info.ts'
import { WorkerLink } from './worker-link.ts'
import type { OtherCalls, OtherName, WorkerSettings } from './wire.ts'

export interface SqliteStorageOptions {
  /** The store's directory; it is made where it is not there. */
  readonly path: string
  /** Free space on the disk below which appends are refused; 64 MiB by default. */
  readonly reserveBytes?: number
  /** How much may wait; without limit by default. */
  readonly limits?: StorageLimits
  /** Milliseconds since the epoch; the system's clock by default. */
  readonly now?: () => number
  /** Health is `unavailable` when nothing was heard from the disk for so long; 5 s by default. */
  readonly stallMs?: number
}

const defaultReserveBytes = 64 * 1024 * 1024
const defaultStallMs = 5_000

/**
 * Opens the embedded store: SQLite in one worker thread, where `stored` means that the commit was synced
 * to disk. One process holds a directory at a time.
 * @throws {StorageOpenError} another process holds it, it is newer than this program, or it cannot be used
 */
export function sqliteStorage(options: SqliteStorageOptions): Promise<Storage> {
  return openSqlite(options)
}

/** As sqliteStorage, with faults that tests bring along. */
export async function openSqlite(
  options: SqliteStorageOptions,
  faults?: WorkerSettings['faults'],
): Promise<Storage> {
  const { path, reserveBytes = defaultReserveBytes, now = Date.now, stallMs = defaultStallMs } = options
  const { limits = {} } = options
  const settings = { path, reserveBytes, limits, ...(faults === undefined ? undefined : { faults }) }
  const link = await WorkerLink.open(settings, { stallMs })
  const known = new Set<RouteNumber>(link.routes)
  const self: Member = { id: String(process.pid), host: hostname(), pid: process.pid, since: now() }
  const answering = (at: number): AnswerContext => ({ now: at, health: link.health, limits })

  // not `async`, as each of these costs the hot path a promise and a turn of its queue
  function append(items: readonly AppendItem[], advance?: Advance): Promise<AppendResult[]> {
    try {
      assertKnownRoutes(items, known)
    } catch (error) {
      return Promise.reject(error)
    }
    if (link.health.kind !== 'ok' && !link.isClosed) return Promise.resolve(refuseAll(items))
    const at = now()
    return link
      .append(items, at, (codes, from) => appendResults(items, codes, from, answering(at), advance), advance)
      .catch((error: unknown) => {
        if (error instanceof StorageError && error.code === 'dead') return refuseAll(items)
        throw error
      })
  }

  function refuseAll(items: readonly AppendItem[]): AppendResult[] {
    return items.map(() => refusedNow(link))
  }

  function settle(items: readonly Settlement[]): Promise<SettleResult[]> {
    try {
      assertSettlements(items, known)
    } catch (error) {
      return Promise.reject(error)
    }
    const at = now()
    const mayWait = items.every((item) => item.mayWait === true)
    return link.settle(items, at, mayWait, (words, from) => settleResults(items, words, from, answering(at)))
  }

  async function claim(requests: Parameters<Storage['claim']>[0]): ReturnType<Storage['claim']> {
    try {
      return (await call('claim', requests)).map(claimResult)
    } catch (error) {
      if (!(error instanceof StorageError) || error.code === 'closed') throw error
      return requests.map(({ route }) => ({ route, leases: [], nextDue: undefined }))
    }
  }

  async function register(ids: readonly string[]): Promise<ReadonlyMap<string, RouteNumber>> {
    const numbers = new Map(await call('register', ids))
    for (const route of numbers.values()) known.add(route)
    return numbers
  }

  function call<N extends OtherName>(
    name: N,
    args: OtherCalls[N]['args'],
    at = now(),
  ): Promise<OtherCalls[N]['answer']> {
    return link.call(name, args, at)
  }

  const checkpoints: Checkpoints = {
    get: (key) => call('getCheckpoint', key),
    list: (prefix) => call('listCheckpoints', prefix),
    put: async (key, value, fence) => {
      const isLet = await call('putCheckpoint', [key, value, fence])
      if (fence !== undefined && !isLet) throw new FencedError(fence.name)
    },
    delete: async (key, fence) => {
      const isLet = await call('deleteCheckpoint', [key, fence])
      if (fence !== undefined && !isLet) throw new FencedError(fence.name)
    },
  }

  return {
    capabilities: { shared: false, atomic: 'store', durable: true },
    append,
    claim,
    release: async (leases) => {
      await call(
        'release',
        leases.map(({ id }) => deliveryKey(id)),
      )
    },
    settle,
    renew: async () => undefined,
    // who has the store has the lock of its directory, which goes with the process alone
    holds: () => true,
    get health() {
      return link.health
    },
    subscribe: (events) => link.subscribe(events),
    routes: {
      register,
      list: () => call('routes', undefined),
      drop: (route, most) => call('dropRoute', [route, most]),
      redirect: async (from, to, most) => {
        assertKnownRoute(to, known)
        return call('redirectRoute', [from, to, most])
      },
    },
    deliveries: sqliteDeliveries(call),
    parked: sqliteParked({ call, known, now, answering }),
    deadLetters: {
      list: (query) => call('listDeadLetters', query),
      get: (id) => call('getDeadLetter', id),
      redrive: async (items) => {
        for (const { route } of items) assertKnownRoute(route, known)
        return call('redrive', items)
      },
      drop: (ids) => call('dropDeadLetters', ids),
    },
    archive: {
      scan: (owner, after, limit) => call('scanArchive', [owner, after, limit]),
      find: (eventId) => call('findArchived', eventId),
    },
    checkpoints,
    singletons: {
      acquire: (name, holder, ttlMs) => call('acquire', [name, holder, ttlMs]),
      renew: (name, token, ttlMs) => call('extend', [name, token, ttlMs]),
      release: async (name, token) => {
        await call('extend', [name, token, 0])
      },
    },
    jobs: new StoredJobs(checkpoints, now),
    attempts: (id) => call('attempts', deliveryKey(id)),
    member: self.id,
    members: async () => [self],
    stats: () => call('stats', undefined),
    info: () => storeInfo(path),
    expire: (before) => call('expire', before),
    close: () => link.close(),
  }
}

function refusedNow(link: WorkerLink): AppendResult {
  return refusal(link.health.kind === 'full' ? 'full' : 'unavailable', link.health)
}
