import { Client } from 'undici'

/** A connection for one request at a time. It is to be given back when that has ended. */
export type Connection = Client

/**
 * Connections to subscribers, as many as there are requests under way; the limits are the routes' in-flight
 * and the cap of slots. The one that was used last is used next, so that what is not needed grows idle and
 * ends. undici's own pool looks at one client after the other for each request, which costs most where most
 * are busy (docs/performance.md).
 */
export class Connections {
  readonly #options: Client.Options
  readonly #free = new Map<string, Client[]>()
  readonly #all = new Set<Client>()
  #ended = false

  constructor(options: Client.Options) {
    this.#options = options
  }

  take(origin: string): Connection {
    return this.#free.get(origin)?.pop() ?? this.#open(origin)
  }

  /** Its request has had its answer. */
  giveBack(origin: string, connection: Connection): void {
    if (connection.destroyed) return
    const free = this.#free.get(origin)
    if (free === undefined) this.#free.set(origin, [connection])
    else free.push(connection)
  }

  /** Its request has failed: the next one gets another. */
  discard(connection: Connection): void {
    this.#all.delete(connection)
    // not from within what it is telling of
    queueMicrotask(() => void connection.destroy())
  }

  /** Ends all, and whatever is begun later; requests that are under way fail with the error. */
  async destroy(error?: Error): Promise<void> {
    this.#ended = true
    const all = [...this.#all]
    this.#all.clear()
    this.#free.clear()
    await Promise.all(all.map((client) => client.destroy(error ?? null)))
  }

  #open(origin: string): Client {
    const client = new Client(origin, { ...this.#options, pipelining: 1 })
    if (this.#ended) void client.destroy()
    else this.#all.add(client)
    // one that was idle for long, or that the subscriber has ended, while nobody uses it
    client.on('disconnect', () => this.#forget(origin, client))
    return client
  }

  #forget(origin: string, client: Client): void {
    const free = this.#free.get(origin)
    const at = free?.lastIndexOf(client) ?? -1
    if (free === undefined || at < 0) return
    free.splice(at, 1)
    if (free.length === 0) this.#free.delete(origin)
    this.discard(client)
  }
}
