import { Connection } from './connection.ts'
import { list, text } from './reply.ts'
import type { Node, ServerOptions } from './store-url.ts'

/**
 * Finds the node of a cluster that has a key's slot. The store lives in one slot, so one plain connection to
 * that node is all it takes; where the slot moves, the node says so, and the connection is made anew.
 */
export class ClusterNodes {
  readonly #seeds: readonly Node[]
  #known: readonly Node[] = []

  constructor(seeds: readonly Node[]) {
    this.#seeds = seeds
  }

  /** @throws where no node can say */
  async find(key: string, login: ServerOptions, stallMs: number): Promise<Node> {
    let reason: unknown
    for (const seed of [...this.#known, ...this.#seeds]) {
      try {
        return await this.#ask(seed, key, login, stallMs)
      } catch (error) {
        reason = error
      }
    }
    throw reason
  }

  async #ask(seed: Node, key: string, login: ServerOptions, stallMs: number): Promise<Node> {
    const redis = { ...login, ...seed }
    const connection = await Connection.open({ redis, stallMs, ended: () => undefined })
    try {
      const slot = Number(await connection.ask({ name: 'cluster', args: ['KEYSLOT', key] }))
      const ranges = list(await connection.ask({ name: 'cluster', args: ['SLOTS'] })).map(list)
      this.#known = ranges.map(([, , primary]) => nodeOf(primary, seed))
      const range = ranges.find(([from, to]) => Number(from) <= slot && slot <= Number(to))
      if (range === undefined) throw new Error(`no node of the cluster has slot ${slot}`)
      return nodeOf(range[2], seed)
    } finally {
      connection.end()
    }
  }
}

/** A node that does not know its own address is the one that was asked. */
function nodeOf(about: unknown, asked: Node): Node {
  const [host, port] = list(about)
  const name = text(host)
  return { host: name === '' || name === '?' ? asked.host : name, port: Number(port) }
}
