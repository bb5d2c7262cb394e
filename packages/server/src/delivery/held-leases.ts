import { setTimeout as delay } from 'node:timers/promises'
import type { Lease, Storage } from '@millrace/storage'

/** How soon it is asked again whether what is held is this process's still. */
const unsureMs = 1_000

/**
 * Whether what this process holds is surely its own: it may have stood still for so long that others have
 * taken it over (design 2, rule 1).
 */
export class HeldLeases {
  readonly #storage: Pick<Storage, 'holds' | 'renew'>
  readonly #asked: () => void
  readonly #lost = new WeakSet<Lease>()
  #isAsking = false

  /** `asked`: it may be sure again. */
  constructor(storage: Pick<Storage, 'holds' | 'renew'>, asked: () => void) {
    this.#storage = storage
    this.#asked = asked
  }

  /** Looked at before each attempt; where it is not, the store is asked. */
  get areSure(): boolean {
    if (this.#storage.holds()) return true
    if (!this.#isAsking) void this.#ask()
    return false
  }

  lose(leases: readonly Lease[]): void {
    for (const lease of leases) this.#lost.add(lease)
  }

  hasLost(lease: Lease): boolean {
    return this.#lost.has(lease)
  }

  async #ask(): Promise<void> {
    this.#isAsking = true
    await this.#storage.renew().catch(() => undefined)
    // a store that is away says by its health when it is back
    if (!this.#storage.holds()) await delay(unsureMs, undefined, { ref: false })
    this.#isAsking = false
    this.#asked()
  }
}
