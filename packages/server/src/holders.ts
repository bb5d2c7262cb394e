import type { Peers } from './replicas/peers.ts'

const topics = { idle: 'held: idle', cancel: 'held: cancel' } as const

/** Knows deliveries that a process holds without an attempt under way: each waits for its turn (a rate, a circuit, a slot). */
export interface Holder {
  /** Those of these that are held so. */
  idle(ids: readonly string[]): readonly string[]
  /** Ends those of these that are held so, counted as cancelled. → which. */
  cancel(ids: readonly string[]): Promise<readonly string[]>
}

/** This process and the others that work on the store: only who holds a delivery knows whether an attempt is under way. */
export class Holders {
  readonly #peers: Peers
  readonly #own: Holder

  constructor(peers: Peers, own: Holder) {
    this.#peers = peers
    this.#own = own
    for (const verb of ['idle', 'cancel'] as const)
      peers.answer(topics[verb], (ids) => own[verb](ids as readonly string[]))
  }

  /** Those of these of which no attempt is under way, though somebody holds them. */
  async idle(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const own = new Set(this.#own.idle(ids))
    return new Set([...own, ...(await this.#ask('idle', without(ids, own)))])
  }

  /** Ends those of these of which no attempt is under way, whoever holds them. → which. */
  async cancel(ids: readonly string[]): Promise<readonly string[]> {
    const own = await this.#own.cancel(ids)
    return [...own, ...(await this.#ask('cancel', without(ids, new Set(own))))]
  }

  async #ask(verb: keyof Holder, ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return []
    const { answers } = await this.#peers.ask(topics[verb], ids)
    return [...answers.values()].flatMap((found) => found as readonly string[])
  }
}

function without(ids: readonly string[], known: ReadonlySet<string>): string[] {
  return ids.filter((id) => !known.has(id))
}
