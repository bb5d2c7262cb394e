import type { Member } from '@millrace/storage'
import { script } from './command.ts'
import type { Leases } from './leases.ts'
import type { Listeners } from './listeners.ts'
import { members, sameMembers } from './members.ts'
import { newsText } from './news.ts'
import { list, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'
import { takeOver } from './takeover.ts'

export interface PresenceOptions {
  readonly aliveMs: number
  readonly renewMs: number
  /** The name in use. */
  readonly name: () => string
}

/** Every so often all routes with something due are looked at: hints may have been lost. */
const lookEveryMs = 60_000

/** Says that this process lives, sees who does not, and takes over from those. */
export class Presence {
  readonly #store: Store
  readonly #listeners: Listeners
  readonly #options: PresenceOptions
  #timer: NodeJS.Timeout | undefined
  #known: readonly Member[] = []
  #names = ''
  #said = -1
  #lenientUntil = 0
  #lookAt = 0
  #isClosed = false
  #running: Promise<void> | undefined

  constructor(store: Store, listeners: Listeners, options: PresenceOptions) {
    this.#store = store
    this.#listeners = listeners
    this.#options = options
  }

  /** Others have had no chance to renew their names for so long: they are given one. */
  beLenient(ms: number): void {
    this.#lenientUntil = Math.max(this.#lenientUntil, performance.now() + ms)
  }

  /** Renews now, and then at intervals. */
  async start(): Promise<void> {
    this.#lookAt = performance.now() + lookEveryMs
    await this.renew()
    this.#schedule()
  }

  /** Renews this process's name, and takes over from those whose time is over. */
  renew(): Promise<void> {
    this.#running ??= this.#renew().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Something was said about the processes. */
  async refresh(): Promise<void> {
    const now = await members(this.#store)
    if (sameMembers(now, this.#known)) return
    this.#known = now
    this.#listeners.members(now)
  }

  get isAlone(): boolean {
    return this.#known.length <= 1
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.renew().then(
        () => this.#schedule(),
        // the store is away: the link mends it
        () => this.#schedule(),
      )
    }, this.#options.renewMs)
    this.#timer.unref()
  }

  async #renew(): Promise<void> {
    const { session, keys, leases } = this.#store
    if (session.health.kind === 'unavailable') return
    const { aliveMs } = this.#options
    const { version } = leases
    const changed = version !== this.#said
    const holds = changed ? JSON.stringify(heldByRoute(leases)) : ''
    const [dead, all] = await ask(
      this.#store,
      ({ name, keys: own }) =>
        script('renew', [own.log], [keys.prefix, name, aliveMs, changed ? 1 : 0, holds]),
      list,
    )
    this.#said = version
    const own = this.#options.name()
    let taken = false
    for (const name of list(dead).map(text)) {
      if (name === own) continue
      const lenient = performance.now() < this.#lenientUntil
      taken = (await takeOver(this.#store, name, { lenient })) || taken
    }
    if (taken) this.#announce()
    const names = list(all).map(text).toSorted().join(' ')
    if (taken || names !== this.#names) await this.refresh()
    this.#names = names
    if (session.health.kind === 'full') await this.#tryRoom()
    if (performance.now() >= this.#lookAt) {
      this.#lookAt = performance.now() + lookEveryMs
      this.#listeners.wake('all')
    }
  }

  /** Appends may be refused everywhere else because this store says that it is full: somebody has to try. */
  async #tryRoom(): Promise<void> {
    const { keys, session } = this.#store
    await ask(this.#store, () => ({ name: 'set', args: [keys.of('room'), '1'] }), text).then(
      () => session.become({ kind: 'ok' }),
      () => undefined,
    )
  }

  #announce(): void {
    this.#listeners.wake('all')
    for (const news of [
      { from: this.#store.member, wake: 'all' },
      { from: this.#store.member, members: true },
    ] as const)
      publish(this.#store, newsText(news))
  }
}

/** Says something to the other processes; who does not hear it learns it in time all the same. */
export function publish({ session, keys }: Store, message: string): void {
  if (session.isClosed) return
  session.submit({
    commands: () => [{ name: 'publish', args: [keys.channel, message] }],
    answered: () => undefined,
    away: () => undefined,
  })
}

/** What is in the log: ROUTE → how many, and when the oldest was appended. */
export function heldByRoute(leases: Leases): Readonly<Record<number, readonly [number, number]>> {
  const byRoute: Record<number, [number, number]> = {}
  for (const { place, at, routes } of leases.all()) {
    if (place !== 'log') continue
    for (const route of routes.keys()) {
      const known = byRoute[route]
      byRoute[route] = known === undefined ? [1, at] : [known[0] + 1, Math.min(known[1], at)]
    }
  }
  return byRoute
}
