import { assertKnownRoutes } from '@millrace/storage'
import type { Advance, AppendItem, AppendResult, Lease, Refusal } from '@millrace/storage'
import { appendAll } from './append-all.ts'
import { appendArguments, isPlain, leasedRoutes } from './append-arguments.ts'
import { script } from './command.ts'
import type { RedisCommand } from './command.ts'
import { holdFresh } from './hold-fresh.ts'
import { refusalOf, refusedNow } from './refusals.ts'
import type { Operation, ProcessName } from './operation.ts'
import { text } from './reply.ts'
import type { Reply } from './reply.ts'
import type { Store } from './store.ts'
import { Undo } from './undo.ts'
import type { RefusedAppend } from './unsure.ts'

/** Stores events: what is leased whole with one XADD to the process's log, everything else with one script. */
export async function append(
  store: Store,
  items: readonly AppendItem[],
  advance: Advance | undefined,
): Promise<readonly AppendResult[]> {
  store.session.assertOpen()
  assertKnownRoutes(items, store.known)
  if (items.length > 1 || advance !== undefined) return appendAll(store, items, advance)
  return Promise.all(items.map((item) => appendOne(store, item)))
}

function appendOne(store: Store, item: AppendItem): Promise<AppendResult> {
  const { health } = store.session
  if (health.kind !== 'ok' && health.kind !== 'full') return Promise.resolve(refusedNow(health))
  if (item.to.length === 0 && item.archive === undefined && item.dedupe === undefined)
    return Promise.resolve({ kind: 'stored', leases: [] })
  return new Promise((resolve, reject) => store.session.submit(new Append(store, item, resolve, reject)))
}

class Append implements Operation {
  readonly isAcceptance = true
  readonly #store: Store
  readonly #item: AppendItem
  readonly #resolve: (result: AppendResult) => void
  readonly #reject: (error: Error) => void
  #id = ''
  #at = 0

  constructor(
    store: Store,
    item: AppendItem,
    resolve: (result: AppendResult) => void,
    reject: (error: Error) => void,
  ) {
    this.#store = store
    this.#item = item
    this.#resolve = resolve
    this.#reject = reject
  }

  commands(process: ProcessName): readonly RedisCommand[] {
    const { keys, ids, now, limits } = this.#store
    const item = this.#item
    this.#id = ids.next()
    this.#at = now()
    if (limits === undefined && isPlain(item, this.#at) && item.to.length > 0) {
      const targets = `${this.#at} ${leasedRoutes(item, this.#at)}`
      const entry = ['o', item.owner, 't', targets, 'r', item.record]
      return [{ name: 'xadd', args: [process.keys.log, 'NOMKSTREAM', this.#id, ...entry] }]
    }
    const { log, claims } = process.keys
    const args = [keys.prefix, ...appendArguments(item, this.#id, this.#at, { ofStore: limits, hold: true })]
    return [script('append', [log, claims], args)]
  }

  answered([reply]: readonly Reply[]): void {
    const { session } = this.#store
    if (reply?.kind === 'error') return this.#refuseOr(reply.error)
    const value = reply?.kind === 'value' ? reply.value : undefined
    // no log: the process was taken for dead, and this event is nowhere
    if (value === null) {
      session.lose('FENCED this process was taken for dead')
      return this.#resolve(refusedNow(session.health))
    }
    const result = text(value)
    if (session.health.kind === 'full') session.become({ kind: 'ok' })
    if (result === 'share' || result === 'full') {
      this.#resolve(refusalOf(result, this.#item.owner, this.#store.limits ?? {}))
    } else if (result === 'duplicate') this.#resolve({ kind: 'duplicate' })
    else this.#resolve({ kind: 'stored', leases: this.#hold() })
  }

  /** It is stored here, and too few others have it: it is refused, and taken out again. */
  unconfirmed([reply]: readonly Reply[]): void {
    const { session } = this.#store
    const result = reply?.kind === 'value' && reply.value !== null ? text(reply.value) : ''
    if (result === '' || result === 'share' || result === 'full') return this.answered(reply ? [reply] : [])
    if (result !== 'duplicate') session.submit(new Undo(this.#store, [this.#refused()]))
    this.#resolve(refusedNow(session.health))
  }

  away(sent: boolean): void {
    const { unsure, session } = this.#store
    if (sent) unsure.refused.push(this.#refused())
    this.#resolve(refusedNow(session.health))
  }

  #refused(): RefusedAppend {
    return { events: [{ id: this.#id, dedupe: this.#item.dedupe?.key }] }
  }

  #hold(): readonly Lease[] {
    return holdFresh(this.#store, this.#item, this.#id, this.#at)
  }

  #refuseOr(error: Error): void {
    const { health } = this.#store.session
    const refusal: Refusal | undefined = health.kind === 'full' ? refusedNow(health) : undefined
    if (refusal === undefined) this.#reject(error)
    else this.#resolve(refusal)
  }
}
