import { assertSettlements } from '@millrace/storage'
import type { AppendResult, Settlement, SettleResult } from '@millrace/storage'
import { holdFresh } from './hold-fresh.ts'
import { failSettles } from './asked.ts'
import type { Asked } from './asked.ts'
import { script } from './command.ts'
import type { RedisCommand } from './command.ts'
import { deliveryKey } from './event-id.ts'
import { Finishes } from './finish.ts'
import type { Operation, ProcessName } from './operation.ts'
import { list, text } from './reply.ts'
import type { Reply } from './reply.ts'
import { settleArguments } from './settle-arguments.ts'
import type { Store } from './store.ts'

export type Settle = (items: readonly Settlement[]) => Promise<readonly SettleResult[]>

/** Ends leases: those of which nothing follows together, each of the others with one script. */
export function settles(store: Store): Settle {
  const finishes = new Finishes(store)

  function settleOne(item: Settlement): Promise<SettleResult> {
    const key = deliveryKey(item.lease.id)
    const held = key === undefined ? undefined : store.leases.take(key.event, key.route)
    if (key === undefined || held === undefined) return Promise.resolve({ kind: 'stale' })
    return new Promise((resolve, reject) => {
      const { outcome, appends = [], deadLetters = [], attempt } = item
      const isPlain =
        outcome.kind === 'done' &&
        outcome.end === undefined &&
        attempt === undefined &&
        appends.length + deadLetters.length === 0
      const asked = { ...key, held, lease: item.lease, resolve, reject }
      if (isPlain) finishes.add(asked)
      else store.session.submit(new SettleOne(store, asked, item))
    })
  }

  return async (items) => {
    store.session.assertOpen()
    assertSettlements(items, store.known)
    return Promise.all(items.map(settleOne))
  }
}

class SettleOne implements Operation {
  readonly #store: Store
  readonly #asked: Asked
  readonly #item: Settlement
  #ids: readonly string[] = []
  #now = 0

  constructor(store: Store, asked: Asked, item: Settlement) {
    this.#store = store
    this.#asked = asked
    this.#item = item
  }

  commands({ keys }: ProcessName): readonly RedisCommand[] {
    const { ids, now, leases } = this.#store
    this.#ids = (this.#item.appends ?? []).map(() => ids.next())
    this.#now = now()
    const held = leases.made(this.#asked.event)
    if (held !== undefined) {
      held.isMarked = true
      // what waits is outside, and its siblings with it
      if (this.#item.outcome.kind !== 'done') held.place = 'outside'
    }
    const args = settleArguments(this.#store, this.#asked, this.#item, this.#now, this.#ids)
    return [script('settle', [keys.log, keys.marks, keys.claims], [this.#store.keys.prefix, ...args])]
  }

  answered([reply]: readonly Reply[]): void {
    const { resolve } = this.#asked
    if (reply?.kind === 'value') {
      if (reply.value === null) resolve({ kind: 'stale' })
      else {
        const [appends, turned] = list(reply.value).map((each) => list(each).map(text))
        resolve({ kind: 'settled', appends: this.#appends(appends ?? []) })
        this.#store.wake((turned ?? []).map(Number))
      }
    } else if (reply?.kind === 'error') {
      failSettles(this.#store, [this.#asked], reply.error)
    }
  }

  away(sent: boolean): void {
    const { session, unsure } = this.#store
    unsure.settles.push({
      ...this.#asked,
      sent,
      appended: this.#ids,
      again: () => session.submit(this),
      done: (stored) => {
        const appends = this.#ids.map((id) => (stored.has(id) ? 'stored' : 'duplicate'))
        this.#asked.resolve({ kind: 'settled', appends: this.#appends(appends) })
      },
      stale: () => this.#asked.resolve({ kind: 'stale' }),
    })
  }

  #appends(results: readonly string[]): readonly AppendResult[] {
    return (this.#item.appends ?? []).map((item, n) => {
      const id = this.#ids[n] ?? ''
      if (results[n] !== 'stored') return { kind: 'duplicate' }
      return { kind: 'stored', leases: holdFresh(this.#store, item, id, this.#now) }
    })
  }
}
