import type { Lease, RouteNumber, StorageEvents } from '@millrace/storage'

/** Who wants to hear of wake-ups, health, checkpoints and members. */
export class Listeners {
  readonly #all = new Set<Partial<StorageEvents>>()

  subscribe(events: Partial<StorageEvents>): () => void {
    // a set of its own: the same object may be given twice
    const own = { ...events }
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  wake(routes: readonly RouteNumber[] | 'all'): void {
    if (routes.length > 0) this.#tell((each) => each.wake?.(routes))
  }

  health(health: Parameters<StorageEvents['health']>[0]): void {
    this.#tell((each) => each.health?.(health))
  }

  checkpoint(key: string): void {
    this.#tell((each) => each.checkpoint?.(key))
  }

  lost(leases: readonly Lease[]): void {
    if (leases.length > 0) this.#tell((each) => each.lost?.(leases))
  }

  members(members: Parameters<StorageEvents['members']>[0]): void {
    this.#tell((each) => each.members?.(members))
  }

  #tell(say: (events: Partial<StorageEvents>) => void): void {
    for (const each of this.#all) say(each)
  }
}
