interface Episode {
  failing: boolean
  /** Failures that have not been told. */
  counted: number
  /** Failures since it began. */
  total: number
  toldRecovery: boolean
}

/** What is to be told at the end of a period: failures that were only counted. */
export interface Summary<Key> {
  readonly key: Key
  readonly failures: number
  readonly failing: boolean
}

/**
 * Lets the first failure of each key through, and the first recovery, and counts the rest: three
 * lines at most for each key and period, however fast it fails or flaps.
 */
export class FloodGate<Key> {
  readonly #episodes = new Map<Key, Episode>()

  /** → whether this failure is to be told now. It lasts until `succeeded`. */
  failed(key: Key): boolean {
    return this.#note(key, true)
  }

  /** The same for what has no end of its own: it is over with the period. */
  happened(key: Key): boolean {
    return this.#note(key, false)
  }

  /** → how many failures there were, where the recovery is to be told now. */
  succeeded(key: Key): number | undefined {
    const episode = this.#episodes.get(key)
    if (episode === undefined || !episode.failing) return undefined
    episode.failing = false
    if (episode.toldRecovery) return undefined
    episode.toldRecovery = true
    episode.counted = 0
    return episode.total
  }

  /** The period is over: what was counted is told, what has ended is forgotten. */
  endPeriod(): readonly Summary<Key>[] {
    const summaries: Summary<Key>[] = []
    for (const [key, episode] of this.#episodes) {
      const { counted, failing } = episode
      if (counted > 0) summaries.push({ key, failures: counted, failing })
      episode.counted = 0
      episode.toldRecovery = false
      if (!failing) this.#episodes.delete(key)
    }
    return summaries
  }

  #note(key: Key, failing: boolean): boolean {
    const episode = this.#episodes.get(key)
    if (episode === undefined) {
      this.#episodes.set(key, { failing, counted: 0, total: 1, toldRecovery: false })
      return true
    }
    episode.failing = failing
    episode.counted += 1
    episode.total += 1
    return false
  }
}
