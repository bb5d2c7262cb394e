import { movedRefusal } from '@millrace/storage'
import type { Advance, AppendItem, AppendResult } from '@millrace/storage'
import { advanceArguments } from './advance-arguments.ts'
import { appendArguments } from './append-arguments.ts'
import { script } from './command.ts'
import type { RedisCommand } from './command.ts'
import { holdFresh } from './hold-fresh.ts'
import type { Operation, ProcessName } from './operation.ts'
import { refusalOf, refusedNow } from './refusals.ts'
import { text } from './reply.ts'
import type { Reply } from './reply.ts'
import type { Store } from './store.ts'
import { Undo } from './undo.ts'
import type { RefusedAppend } from './unsure.ts'

/** Stores several events of one owner with one script: all of them, or none. */
export function appendAll(
  store: Store,
  items: readonly AppendItem[],
  advance: Advance | undefined,
): Promise<readonly AppendResult[]> {
  const { health } = store.session
  if (health.kind !== 'ok' && health.kind !== 'full')
    return Promise.resolve(items.map(() => refusedNow(health)))
  return new Promise((resolve, reject) =>
    store.session.submit(new AppendAll({ store, items, advance, resolve, reject })),
  )
}

interface Asked {
  readonly store: Store
  readonly items: readonly AppendItem[]
  readonly advance: Advance | undefined
  readonly resolve: (results: readonly AppendResult[]) => void
  readonly reject: (error: Error) => void
}

class AppendAll implements Operation {
  readonly isAcceptance = true
  readonly #store: Store
  readonly #items: readonly AppendItem[]
  readonly #advance: Advance | undefined
  readonly #resolve: (results: readonly AppendResult[]) => void
  readonly #reject: (error: Error) => void
  #ids: readonly string[] = []
  #at = 0

  constructor({ store, items, advance, resolve, reject }: Asked) {
    this.#store = store
    this.#items = items
    this.#advance = advance
    this.#resolve = resolve
    this.#reject = reject
  }

  commands(process: ProcessName): readonly RedisCommand[] {
    const { keys, ids, now, limits } = this.#store
    const items = this.#items
    this.#ids = items.map(() => ids.next())
    this.#at = now()
    const waiting = items.filter(({ to }) => to.length > 0)
    const bytes = waiting.reduce((sum, { record }) => sum + record.length, 0)
    const events = items.flatMap((item, n) =>
      // what they are together is measured beforehand
      appendArguments(item, this.#ids[n] ?? '', this.#at, { ofStore: limits, hold: false }),
    )
    const limit = [waiting[0]?.owner ?? '', bytes, limits?.ownerBytes ?? '', limits?.totalBytes ?? '']
    const { log, claims } = process.keys
    const head = [keys.prefix, ...limit, ...advanceArguments(this.#advance)]
    return [script('append-all', [log, claims], [...head, items.length, ...events])]
  }

  answered([reply]: readonly Reply[]): void {
    const { session, limits } = this.#store
    if (reply?.kind === 'error') return this.#refuseOr(reply.error)
    const value = reply?.kind === 'value' ? reply.value : undefined
    if (session.health.kind === 'full') session.become({ kind: 'ok' })
    if (Array.isArray(value)) return this.#resolve(value.map((each, n) => this.#resultOf(text(each), n)))
    const reason = text(value)
    const refused =
      reason === 'moved'
        ? movedRefusal(this.#advance?.key ?? '')
        : refusalOf(reason === 'share' ? 'share' : 'full', this.#items[0]?.owner ?? '', limits ?? {})
    this.#resolve(this.#items.map(() => refused))
  }

  /** They are stored here, and too few others have them: they are refused, and taken out again. */
  unconfirmed([reply]: readonly Reply[]): void {
    if (reply?.kind !== 'value' || !Array.isArray(reply.value)) return this.answered(reply ? [reply] : [])
    const stored = reply.value.map((each) => text(each) !== 'duplicate')
    const { session } = this.#store
    session.submit(new Undo(this.#store, [this.#refused(stored)]))
    this.#refuse()
  }

  away(sent: boolean): void {
    if (sent) this.#store.unsure.refused.push(this.#refused())
    this.#refuse()
  }

  #refused(stored?: readonly boolean[]): RefusedAppend {
    const events = this.#ids.map((id, n) => ({ id, dedupe: this.#items[n]?.dedupe?.key }))
    return { events: events.filter((_, n) => stored?.[n] ?? true), advance: this.#advance }
  }

  #refuse(): void {
    const refused = refusedNow(this.#store.session.health)
    this.#resolve(this.#items.map(() => refused))
  }

  #resultOf(result: string, n: number): AppendResult {
    if (result === 'duplicate') return { kind: 'duplicate' }
    const leases = holdFresh(this.#store, this.#items[n]!, this.#ids[n] ?? '', this.#at)
    return { kind: 'stored', leases }
  }

  #refuseOr(error: Error): void {
    const { health } = this.#store.session
    if (health.kind === 'full') this.#refuse()
    else this.#reject(error)
  }
}
