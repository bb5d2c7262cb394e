import type { DeadLetterDetails, NewDeadLetter, Settlement } from '@millrace/storage'
import { appendArguments } from './append-arguments.ts'
import type { Argument } from './command.ts'
import type { DeliveryKey } from './event-id.ts'
import type { Store } from './store.ts'

/** What `settle.lua` reads behind the prefix. `ids`: of the appends, in their order. */
export function settleArguments(
  store: Store,
  { event, route }: DeliveryKey,
  item: Settlement,
  at: number,
  ids: readonly string[],
): readonly Argument[] {
  const { outcome, attempt } = item
  return [
    event,
    route,
    outcome.kind,
    outcome.kind === 'retry' ? outcome.due : at,
    outcome.kind === 'park' ? JSON.stringify(outcome.details) : '',
    outcome.kind === 'done' && outcome.end !== undefined ? JSON.stringify(outcome.end) : '',
    attempt === undefined ? '' : JSON.stringify(attempt),
    attempt?.at ?? '',
    ...consequenceArguments(store, item, at, ids),
  ]
}

/** Dead letters and appends, as `buryLetters` and `storeEvents` (delivery.lua) read them. */
export function consequenceArguments(
  store: Store,
  { deadLetters = [], appends = [] }: Pick<Settlement, 'deadLetters' | 'appends'>,
  at: number,
  ids: readonly string[],
): readonly Argument[] {
  const limits = { ofStore: store.limits, hold: false }
  return [
    deadLetters.length,
    ...deadLetters.flatMap((letter) => letterArguments(store.ids.next(), letter)),
    appends.length,
    ...appends.flatMap((item, n) => appendArguments(item, ids[n] ?? store.ids.next(), at, limits)),
  ]
}

function letterArguments(id: string, { route, record, details }: NewDeadLetter): readonly Argument[] {
  const own = record === undefined ? ['0', ''] : ['1', record]
  return [id, route, details.type ?? '', details.lastAttempt, JSON.stringify(details), ...own]
}

export function readDetails(json: string): DeadLetterDetails {
  return JSON.parse(json) as DeadLetterDetails
}
