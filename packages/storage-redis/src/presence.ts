import type { Member } from '@millrace/storage'
import { script } from './command.ts'
import { thisMoment } from './lease-age.ts'
import type { Leases } from './leases.ts'
import type { Listeners } from './listeners.ts'
import { listed, sameMembers } from './members.ts'
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
  /** Under which names they are listed. */
  #names: readonly string[] = []
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
    await this.refresh()
    await this.renew()
    this.#schedule()
  }

  /** Renews this process's name, and takes over from those whose time is over. */
  renew(): Promise<void> {
    this.#running ??= this.#renew().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Sees who there is. */
  async refresh(): Promise<void> {
    const now = await listed(this.#store)
    this.#names = now.map(({ name }) => name)
    const found = now.map(({ member }) => member)
    if (sameMembers(found, this.#known)) return
    this.#known = found
    this.#listeners.members(found)
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
    const { session } = this.#store
    if (session.health.kind === 'unavailable') return
    if (!(await this.#isEverybodyAlive())) await this.#bury()
    await this.#sayWhatIsHeld()
    await this.#tryRoom()
    if (performance.now() < this.#lookAt) return
    this.#lookAt = performance.now() + lookEveryMs
    await this.refresh()
    this.#listeners.wake('all')
  }

  /** Renews the own name, and looks for the others': two commands. */
  async #isEverybodyAlive(): Promise<boolean> {
    const { keys } = this.#store
    const { aliveMs, name } = this.#options
    const others = this.#names.filter((each) => each !== name())
    const before = thisMoment()
    const isRenewed = ask(
      this.#store,
      // a command that is done where there is no memory left, too: who could not renew would make no room
      (process) => ({ name: 'pexpire', args: [process.keys.alive, aliveMs] }),
      (value) => value === 1,
    )
    const args = others.map((each) => keys.process(each).alive)
    const alive = args.length === 0 ? 0 : ask(this.#store, () => ({ name: 'exists', args }), Number)
    const [renewed, count] = await Promise.all([isRenewed, alive])
    if (!renewed)
      await ask(
        this.#store,
        (process) => script('revive', [process.keys.log, process.keys.alive], [aliveMs]),
        Number,
      )
    this.#store.age.renewed(before)
    return count === others.length
  }

  /** Takes over from those who are dead. */
  async #bury(): Promise<void> {
    const { keys } = this.#store
    const isLenient = performance.now() < this.#lenientUntil
    const command = script('dead', [keys.of('members')], [keys.prefix, isLenient ? 1 : 0])
    const dead = await ask(
      this.#store,
      () => command,
      (value) => list(value).map(text),
    )
    let taken = false
    for (const name of dead)
      if (name !== this.#options.name()) taken = (await takeOver(this.#store, name)) || taken
    if (!taken) return
    this.#announce()
    await this.refresh()
  }

  /** The others count what is in this process's log by what it says, and so does who comes after it, should it die alone. */
  async #sayWhatIsHeld(): Promise<void> {
    const { leases, keys } = this.#store
    const { version } = leases
    if (version === this.#said) return
    const holds = JSON.stringify(heldByRoute(leases))
    await ask(this.#store, ({ name }) => script('say-held', [keys.of('leased')], [name, holds]), Number)
    this.#said = version
  }

  /** Nothing is appended while this store says that it is full, or that replicas are missing: somebody has to try. */
  async #tryRoom(): Promise<void> {
    const { kind } = this.#store.session.health
    if (kind === 'full' || kind === 'unconfirmed') await this.probe()
  }

  /** Writes something that is confirmed as an event is: is there room, and are all there who should have it? */
  probe(): Promise<void> {
    const { keys, session } = this.#store
    return new Promise((resolve) =>
      session.submit({
        isAcceptance: true,
        commands: () => [{ name: 'set', args: [keys.of('room'), '1'] }],
        answered([reply]) {
          if (reply?.kind === 'value') session.become({ kind: 'ok' })
          resolve()
        },
        unconfirmed: () => resolve(),
        away: () => resolve(),
      }),
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
