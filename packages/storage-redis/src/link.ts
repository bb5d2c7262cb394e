import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Connection } from './connection.ts'
import { script } from './command.ts'
import type { ProcessName } from './operation.ts'
import { thisMoment } from './lease-age.ts'
import { reconcile } from './reconcile.ts'
import { list, text } from './reply.ts'
import { scripts } from './scripts.ts'
import type { ServerOptions } from './store-url.ts'
import type { Store } from './store.ts'

const firstPauseMs = 100
const longestPauseMs = 5_000
/** Connecting takes several steps, each of which may take as long as an answer may. */
const connectStalls = 4

export interface LinkOptions {
  readonly redis: () => Promise<ServerOptions>
  readonly stallMs: number
  readonly aliveMs: number
  /** What this process is, as JSON. */
  readonly about: string
  /** The connection is new: may it be used? @throws why not */
  readonly inspect: (connection: Connection) => Promise<void>
  /** The process has no name that the store knows any more: whatever it declared must be declared anew. */
  readonly reborn: () => Promise<void>
  readonly heard: (message: string) => void
  /** All is well again. */
  readonly mended: () => void
}

/** Names that fit into the second half of a stream's id. */
export function newName(): string {
  return String(randomInt(1, 2 ** 47))
}

/** Keeps the session connected: each connection under a name of its own, which takes over from the last one. */
export class Link {
  readonly #store: Store
  readonly #options: LinkOptions
  readonly #end = new AbortController()
  /** Names under which this process may still be known: the one in use, and those that were tried since. */
  #names: string[] = []
  #connections: Connection[] = []
  #isMending = false

  constructor(store: Store, options: LinkOptions) {
    this.#store = store
    this.#options = options
  }

  /** The name in use. */
  get name(): string {
    return this.#names.at(-1) ?? ''
  }

  /** Connects for the first time, as `name`. @throws why it cannot */
  async open(name: string): Promise<void> {
    await this.#connect(name)
  }

  /** The session has lost its connection: connects again, for as long as it takes. */
  mend(): void {
    if (this.#end.signal.aborted || this.#isMending) return
    this.#isMending = true
    void this.#mend()
  }

  /** No connection any more, and no new one. */
  close(): void {
    this.#end.abort()
    this.#drop()
  }

  async #mend(): Promise<void> {
    const { signal } = this.#end
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        await this.#store.session.quiet()
        await this.#connect(newName())
        this.#isMending = false
        this.#options.mended()
        return
      } catch {
        this.#drop()
        await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
      }
    }
  }

  /** Connects under a new name, or gives up after a while: a server that hangs answers nothing. */
  async #connect(name: string): Promise<void> {
    const timer = setTimeout(() => this.#drop(), connectStalls * this.#options.stallMs)
    try {
      await this.#takeUp(name)
    } finally {
      clearTimeout(timer)
    }
  }

  async #takeUp(name: string): Promise<void> {
    const { session, keys } = this.#store
    const { stallMs, inspect, heard } = this.#options
    const redis = await this.#options.redis()
    const open = async (): Promise<Connection> => {
      const connection: Connection = await Connection.open({
        redis,
        stallMs,
        ended: () => this.#ended(connection),
      })
      this.#connections.push(connection)
      return connection
    }
    this.#drop()
    const connection = await open()
    await inspect(connection)
    await loadScripts(connection)
    const listener = await open()
    await listener.listen(keys.channel, heard)
    const process: ProcessName = { name, keys: keys.process(name) }
    const isFirst = this.#names.length === 0
    const before = thisMoment()
    const adopted = await this.#adopt(connection, process)
    const settle = await reconcile(this.#store, connection, process, adopted)
    // what is not this process's any more has been said by now
    this.#store.age.renewed(before)
    if (this.#end.signal.aborted || !connection.isOpen || !listener.isOpen)
      throw new Error('the connection was lost')
    // names that were tried before are gone: the last one has taken over from them
    this.#names = [name]
    session.use(connection, process)
    settle()
    if (!isFirst && !adopted) await this.#options.reborn()
  }

  /** → whether an earlier name was there still */
  async #adopt(connection: Connection, process: ProcessName): Promise<boolean> {
    const { keys, ids } = this.#store
    const { aliveMs, about } = this.#options
    const earlier = [...this.#names]
    // should the answer be lost, it may be known under this name already
    this.#names.push(process.name)
    const all = [process, ...earlier.map((name) => ({ name, keys: keys.process(name) }))]
    const names = all.flatMap(({ keys: own }) => [own.log, own.marks, own.claims, own.declared])
    const args = [keys.prefix, process.name, aliveMs, about, ...earlier]
    const [adopted, last] = list(await connection.ask(script('adopt', names, args)))
    ids.passed(Number(text(last)))
    return adopted === 1
  }

  #ended(connection: Connection): void {
    // without the one nothing is heard, without the other nothing is said
    if (this.#connections.includes(connection)) this.#store.session.lose('the connection to Redis was lost')
  }

  #drop(): void {
    for (const connection of this.#connections.splice(0)) connection.end()
  }
}

/** All in one piece; the first that is refused says why. */
export async function loadScripts(connection: Connection): Promise<void> {
  const loads = [...scripts.values()].map(({ source }) => ({ name: 'script', args: ['LOAD', source] }))
  for (const reply of await connection.send(loads)) {
    if (reply.kind === 'error') throw reply.error
    if (reply.kind === 'lost') throw new Error('the connection to Redis was lost')
  }
}
