import type { RouteNumber } from '@millrace/storage'
import type { Pack } from './pack.ts'

/** The packs that leases are in, or that the open transaction has touched; all others are on disk alone. */
export class LivePacks {
  /** Ascending, and of one transaction after the other: their events are not mixed. */
  #packs: Pack[] = []
  /** Of which deliveries have ended in the open transaction. */
  readonly changed = new Set<Pack>()

  /** The one that an event would lie in. */
  of(event: number): Pack | undefined {
    const pack = this.#packs[this.#behind(event) - 1]
    return pack !== undefined && event <= pack.last ? pack : undefined
  }

  /** The one that begins with an event. */
  at(id: number): Pack | undefined {
    const pack = this.#packs[this.#behind(id) - 1]
    return pack?.id === id ? pack : undefined
  }

  isLeased(event: number, route: RouteNumber): boolean {
    const pack = this.of(event)
    const index = pack?.indexOf(event) ?? -1
    return pack !== undefined && index >= 0 && pack.isHeld(pack.delivery(index, route))
  }

  add(pack: Pack): void {
    const at = this.#behind(pack.id)
    if (this.#packs[at - 1] === pack) return
    if (at === this.#packs.length) this.#packs.push(pack)
    else this.#packs.splice(at, 0, pack)
  }

  delete(pack: Pack): void {
    const at = this.#behind(pack.id) - 1
    if (this.#packs[at] === pack) this.#packs.splice(at, 1)
  }

  /** Puts others in the place of what is in memory. → what was. */
  replace(packs: readonly Pack[]): readonly Pack[] {
    const before = this.#packs
    this.#packs = [...packs]
    this.changed.clear()
    return before
  }

  /** How many do not begin behind an event. */
  #behind(event: number): number {
    const packs = this.#packs
    let low = 0
    let high = packs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (packs[middle]!.id <= event) low = middle + 1
      else high = middle
    }
    return low
  }
}
