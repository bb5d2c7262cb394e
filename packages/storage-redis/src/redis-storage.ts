import { setTimeout as delay } from 'node:timers/promises'
import { StorageError, StorageOpenError } from '@millrace/storage'
import type { RouteNumber, Settlement, Storage, StorageInfo, StorageLimits } from '@millrace/storage'
import { append } from './append.ts'
import { archive } from './archive.ts'
import { claim } from './claim.ts'
import { ClusterNodes } from './cluster.ts'
import { cannotConfirm, confirmation } from './confirmation.ts'
import type { Confirmations } from './confirmation.ts'
import { deadLetters } from './dead-letters.ts'
import { deliveries } from './deliveries.ts'
import { deliveryKey, EventIds } from './event-id.ts'
import { expire } from './expiry.ts'
import { Hints } from './hints.ts'
import { RedisJobs } from './jobs/redis-jobs.ts'
import { KeySpace } from './key-space.ts'
import { LeaseAge } from './lease-age.ts'
import { Leases } from './leases.ts'
import { Link, newName } from './link.ts'
import { Listeners } from './listeners.ts'
import { listed, ownMember } from './members.ts'
import { newsText, readNews } from './news.ts'
import { parkedKeys } from './parked.ts'
import { Presence, publish } from './presence.ts'
import { release } from './release.ts'
import { list, text } from './reply.ts'
import { routes } from './routes.ts'
import { assertUsable, durabilityOf, serverFacts } from './server-facts.ts'
import type { ServerFacts } from './server-facts.ts'
import { Session } from './session.ts'
import type { Sender } from './session.ts'
import { settles } from './settle.ts'
import { checkpoints, singletons } from './small-values.ts'
import { stats } from './stats.ts'
import { storePlace } from './store-url.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'
import { takeOver } from './takeover.ts'

export interface RedisStorageOptions {
  /** `redis://…`, `rediss://…`, `redis+unix://…`, `redis-sentinel://…` or `redis-cluster://…` (store-url.ts). */
  readonly url: string
  readonly limits?: StorageLimits
  /** Who must have an event before it is accepted, beside the server's memory: nobody by default. */
  readonly confirm?: Confirmations
  /** No answer for so long: the connection is taken for broken; 5 s by default. */
  readonly stallMs?: number
  /** A process that was not heard of for so long is dead; 9.5 s by default. */
  readonly aliveMs?: number
  /** How often it is heard of; 3 s by default. */
  readonly renewMs?: number
  /** A process that was not heard of for so long has lost its job; 10 s by default. */
  readonly jobLockMs?: number
  /** Milliseconds since the epoch; the system's clock by default. */
  readonly now?: () => number
}

/** What tests put between the adapter and its connection. */
export interface Faults {
  readonly sender?: Sender
  /** The process dies: nothing is answered and nothing is sent any more. */
  readonly death?: AbortSignal
}

const defaultStallMs = 5_000
const defaultAliveMs = 9_500
const defaultRenewMs = 3_000
const leaseShare = 0.9
const defaultJobLockMs = 10_000
/** What waits for a store that is away when it is closed has so long. */
const closeMs = 2_000
const closeStepMs = 20

/**
 * Opens a store on Redis, which several processes share.
 * @throws {StoreUrlError} the URL; {StorageOpenError} the server cannot be reached, or must not be used
 */
export function redisStorage(options: RedisStorageOptions): Promise<Storage> {
  return openRedis(options)
}

/** As redisStorage, with faults that tests bring along. */
export async function openRedis(options: RedisStorageOptions, faults: Faults = {}): Promise<Storage> {
  const place = storePlace(options.url)
  const { stallMs = defaultStallMs, aliveMs = defaultAliveMs, renewMs = defaultRenewMs } = options
  const { confirm = {} } = options
  const now = options.now ?? Date.now
  const name = newName()
  const cluster = place.cluster === undefined ? undefined : new ClusterNodes(place.cluster)
  const listeners = new Listeners()
  const keys = new KeySpace(place.store)
  const session = new Session(
    { health: (health) => listeners.health(health), broken: () => link.mend() },
    confirmation(confirm, stallMs),
    faults.sender,
  )
  const store: Store = {
    keys,
    session,
    leases: new Leases(),
    // well before others take it for dead
    age: new LeaseAge(aliveMs * leaseShare),
    ids: new EventIds(name, now),
    unsure: { refused: [], settles: [] },
    now,
    clock: options.now,
    limits: anyLimit(options.limits),
    known: new Set(),
    declared: new Set(),
    member: name,
    wake: (woken) => {
      listeners.wake(woken)
      if (woken === 'all') publish(store, newsText({ from: store.member, wake: 'all' }))
      else hints.waits(woken)
    },
    lost: (leases) => listeners.lost(leases),
  }
  let facts: ServerFacts | undefined
  const link = new Link(store, {
    redis: async () => {
      if (cluster === undefined) return place.server
      return { ...place.server, ...(await cluster.find(keys.prefix, place.server, stallMs)) }
    },
    stallMs,
    aliveMs,
    about: JSON.stringify(ownMember(name, now())),
    inspect: async (connection) => {
      facts = await serverFacts(connection)
      assertUsable(facts, place.allowEviction)
      const reason = await cannotConfirm(connection, confirm, facts.version)
      if (reason !== undefined) throw new StorageOpenError('unusable', reason)
    },
    reborn: async () => {
      const lost = await registry.again()
      if (lost === undefined) return
      session.lose(lost)
      session.become({ kind: 'dead', detail: lost })
      link.close()
    },
    heard: (message) => heard(message),
    mended: () => {
      presence.beLenient(aliveMs)
      // who came or went meanwhile was not heard of
      presence.refresh().catch(() => undefined)
      listeners.wake('all')
    },
  })
  const presence = new Presence(store, listeners, { aliveMs, renewMs, name: () => link.name })
  const hints = new Hints(store, presence)

  const registry = routes(store)
  const values = checkpoints(store)
  const { jobLockMs: lockMs = defaultJobLockMs } = options
  const jobs = new RedisJobs({ place, stallMs, lockMs, checkpoints: values, listeners, now })
  const settle = settles(store)

  function heard(message: string): void {
    const news = readNews(message)
    if (news === undefined || news.from === store.member || session.isClosed) return
    if ('wake' in news) listeners.wake(news.wake)
    else if ('checkpoint' in news) listeners.checkpoint(news.checkpoint)
    else presence.refresh().catch(() => undefined)
  }

  async function info(): Promise<StorageInfo> {
    session.assertOpen()
    if (facts === undefined) throw new StorageError('unavailable', 'Redis has not been reached yet')
    return {
      durability: durabilityOf(facts, confirm),
      ...(facts.usedBytes === undefined ? {} : { bytes: facts.usedBytes }),
    }
  }

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    if (session.isClosed) return
    await jobs.close()
    const closed = giveBack(store, () => link.name)
    await Promise.race([closed, faults.death === undefined ? closed : died(faults.death)])
    presence.close()
    hints.close()
    publish(store, newsText({ from: store.member, members: true }))
    session.close()
    await session.quiet()
    for (const { reject } of store.unsure.settles.splice(0))
      reject(new StorageError('closed', 'the store was closed before it could take this'))
    link.close()
  }

  faults.death?.addEventListener('abort', () => {
    void jobs.close()
    session.die()
    presence.close()
    hints.close()
    link.close()
  })

  try {
    await link.open(name)
    await registry.load()
    presence.beLenient(Math.max(0, aliveMs - (facts?.uptimeMs ?? 0)))
    await presence.start()
    // replicas that are missing are known before the first event is refused for them
    if (confirmation(confirm, stallMs) !== undefined) await presence.probe()
    publish(store, newsText({ from: store.member, members: true }))
  } catch (error) {
    presence.close()
    link.close()
    if (error instanceof StorageOpenError)
      throw new StorageOpenError(error.code, `${place.shown}: ${error.message}`)
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^CLOSED /, '')
    throw new StorageOpenError('unusable', `${place.shown} cannot be used: ${reason}`, { cause: error })
  }

  return {
    capabilities: { shared: true, atomic: 'store', durable: true },
    append: async (items, advance) => {
      const results = await append(store, items, advance)
      hints.waits(waitingRoutes(items, now()))
      return results
    },
    claim: async (requests) => claim(store, requests),
    release: async (leases) => {
      await release(store, leases)
      hints.waits(leases.map(({ route }) => route))
    },
    settle: async (items) => {
      const results = await settle(items)
      hints.waits(
        waitingRoutes(
          items.flatMap((item: Settlement) => item.appends ?? []),
          now(),
        ),
      )
      return results
    },
    renew: async () => presence.renew(),
    holds: () => store.age.isYoung,
    get health() {
      return session.health
    },
    subscribe: (events) => listeners.subscribe(events),
    routes: registry,
    deliveries: deliveries(store),
    parked: parkedKeys(store),
    deadLetters: deadLetters(store),
    archive: archive(store),
    checkpoints: values,
    singletons: singletons(store),
    jobs,
    attempts: async (id) => {
      if (deliveryKey(id) === undefined) return []
      const command = { name: 'lrange', args: [`${keys.of('attempts:')}${id}`, 0, -1] }
      return ask(
        store,
        () => command,
        (value) => list(value).map((json) => JSON.parse(text(json))),
      )
    },
    stats: async () => stats(store, () => link.name),
    member: store.member,
    members: async () => (await listed(store)).map(({ member }) => member),
    info,
    expire: async (before) => expire(store, registry, before),
    close: () => (closing ??= close()),
  }
}

function anyLimit(limits: StorageLimits | undefined): StorageLimits | undefined {
  return limits?.ownerBytes === undefined && limits?.totalBytes === undefined ? undefined : limits
}

/** Waits for what was asked, and gives back all that is held: for a while, should the store be away. */
async function giveBack(store: Store, name: () => string): Promise<void> {
  const { session, unsure } = store
  const until = performance.now() + closeMs
  do {
    await session.quiet()
    const isAway = unsure.settles.length > 0 || session.health.kind === 'unavailable'
    if (!isAway && (await isGivenBack(store, name()))) return
    await delay(closeStepMs)
  } while (performance.now() < until)
}

async function isGivenBack(store: Store, name: string): Promise<boolean> {
  try {
    return await takeOver(store, name, { own: true })
  } catch {
    return false
  }
}

function died(death: AbortSignal): Promise<void> {
  return new Promise((resolve) => death.addEventListener('abort', () => resolve(), { once: true }))
}

function waitingRoutes(
  items: readonly Pick<Parameters<Storage['append']>[0][number], 'to'>[],
  now: number,
): readonly RouteNumber[] {
  return items.flatMap(({ to }) =>
    to.filter(({ lease, due }) => !lease && (due === undefined || due <= now)).map(({ route }) => route),
  )
}
