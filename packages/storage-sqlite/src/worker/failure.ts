import { isLeasable } from '../leasable.ts'
import { appendCodes } from '../wire.ts'
import type { Pending } from './group-commit.ts'
import { leaseAgain } from './packs/packed-deliveries.ts'
import { reopen } from './recovery.ts'
import type { RefusedAppend, Suspect } from './recovery.ts'
import type { Call } from './request-reader.ts'
import { describeError, despiteDamage, isDiskFull } from './sqlite-error.ts'
import type { Store } from './store.ts'

const firstDelayMs = 100
const longestDelayMs = 5_000

/** A commit that failed, until the store can be trusted again. */
export class Failure {
  detail: string
  /** Wait until the store can take them. */
  readonly settles: readonly Pending[]
  readonly #suspect: Suspect
  #tries: number
  #isFull: boolean

  /** `before`: failures shortly before this one, so that a disk that fails again and again is not busied. */
  constructor(error: unknown, commit: number, group: readonly Pending[], before: number) {
    this.detail = describeError(error)
    this.#isFull = isDiskFull(error)
    this.settles = group.filter(({ call }) => call.kind === 'settle')
    for (const pending of group) pending.steps = undefined
    this.#suspect = {
      commit,
      refused: group.flatMap(({ call, outcome }) => refused(call, outcome?.answer)),
      cameBack: undefined,
    }
    this.#tries = before
  }

  /** What appends are answered meanwhile. */
  get refusal(): number {
    return this.#isFull ? appendCodes.full : appendCodes.unavailable
  }

  /** How long to wait before the next try. */
  delayMs(): number {
    return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(this.#tries, 10))
  }

  /** @throws where the disk still fails */
  mend(store: Store, path: string): void {
    reopen(store, path, this.#suspect)
  }

  again(error: unknown): void {
    this.detail = describeError(error)
    this.#isFull = isDiskFull(error)
    this.#tries += 1
  }

  /** The settles whose transaction has come back: they are done, and so are their leases. The others start anew. */
  answered(store: Store): ReadonlySet<Pending> {
    const answered = this.settles.filter(
      ({ outcome }) => outcome !== undefined && this.#suspect.cameBack === true,
    )
    for (const { call, outcome } of answered) adoptLeases(store, call, outcome?.answer)
    store.state.kept()
    const set = new Set(answered)
    for (const pending of this.settles) if (!set.has(pending)) pending.outcome = undefined
    return set
  }
}

function refused(call: Call, answer: unknown): RefusedAppend[] {
  if (call.kind !== 'append' || answer === undefined) return []
  return [{ items: call.items, codes: answer as number[], advance: call.advance }]
}

/** What the transaction had done to the leases before it was undone in memory. */
function adoptLeases(store: Store, call: Call, answer: unknown): void {
  if (call.kind !== 'settle') return
  for (const [at, codes] of (answer as (number[] | undefined)[]).entries()) {
    const { event, route, appends } = call.items[at]!
    if (codes === undefined) continue
    store.state.endLease(event, route)
    for (const [n, code] of codes.entries())
      for (const target of appends[n]!.to)
        if (code > 0 && isLeasable(target, call.now))
          despiteDamage(() => leaseAgain(store, code, target.route))
  }
}
