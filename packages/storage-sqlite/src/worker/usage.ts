import type { AppendItem, StorageLimits } from '@millrace/storage'
import { appendCodes } from '../wire.ts'
import { allPacks } from './packs/read-pack.ts'
import type { PackSource } from './packs/read-pack.ts'

/** The bytes of what is not settled, by owner: counted only where there are limits. */
export class Usage {
  readonly #limits: StorageLimits
  readonly #owners = new Map<string, number>()
  #total = 0

  constructor(limits: StorageLimits) {
    this.#limits = limits
  }

  get isLimited(): boolean {
    return this.#limits.ownerBytes !== undefined || this.#limits.totalBytes !== undefined
  }

  /** The append code of a refusal of what is of one owner; undefined: there is room for all of it. */
  refusal(items: readonly AppendItem[]): number | undefined {
    const waiting = items.filter(({ to }) => to.length > 0)
    const owner = waiting[0]?.owner
    if (owner === undefined) return undefined
    const bytes = waiting.reduce((sum, { record }) => sum + record.length, 0)
    const { ownerBytes = Infinity, totalBytes = Infinity } = this.#limits
    if ((this.#owners.get(owner) ?? 0) + bytes > ownerBytes) return appendCodes.overShare
    return this.#total + bytes > totalBytes ? appendCodes.overLimit : undefined
  }

  add(owner: string, bytes: number): void {
    this.#owners.set(owner, (this.#owners.get(owner) ?? 0) + bytes)
    this.#total += bytes
  }

  load(source: PackSource): void {
    this.#owners.clear()
    this.#total = 0
    if (!this.isLimited) return
    const statement = source.connection.db.prepare(
      'SELECT owner, sum(length(record)) FROM event WHERE id IN (SELECT event FROM delivery) GROUP BY owner',
    )
    statement.setReturnArrays(true)
    for (const row of statement.all()) {
      const [owner, bytes] = row as unknown as readonly [string, number]
      this.add(owner, bytes)
    }
    for (const pack of allPacks(source))
      for (const index of pack.events.keys()) {
        const [from, until] = pack.span(index)
        if (!pack.isDone(index)) this.add(pack.ownerOf(index), until - from)
      }
  }
}
