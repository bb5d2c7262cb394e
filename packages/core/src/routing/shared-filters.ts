import type { Attributes } from '../event/cloud-event.ts'
import type { Filter } from '../filter/filter.ts'

/** A filter, or a part of one, that is evaluated at most once for an event however many share it. */
export interface SharedFilter {
  readonly filter: Filter
  readonly parts: readonly SharedFilter[]
  users: number
  /** The event that `result` is of. */
  event: number
  result: boolean
}

/** The filters of a router and their parts, each text once. */
export class SharedFilters {
  readonly #byText = new Map<string, SharedFilter>()

  /** What stands for a filter; every call is one more user of it. */
  take(filter: Filter): SharedFilter {
    const known = this.#byText.get(filter.text)
    if (known !== undefined) {
      known.users++
      return known
    }
    const parts = (filter.composition?.parts ?? []).map((part) => this.take(part))
    const shared = { filter, parts, users: 1, event: -1, result: false }
    this.#byText.set(filter.text, shared)
    return shared
  }

  release(shared: SharedFilter): void {
    shared.users--
    if (shared.users > 0) return
    this.#byText.delete(shared.filter.text)
    for (const part of shared.parts) this.release(part)
  }
}

/** Whether an event matches; `event` is a number that no other event of the router has. */
export function matchesShared(shared: SharedFilter, attributes: Attributes, event: number): boolean {
  if (shared.event !== event) {
    shared.event = event
    shared.result = evaluate(shared, attributes, event)
  }
  return shared.result
}

function evaluate({ filter, parts }: SharedFilter, attributes: Attributes, event: number): boolean {
  switch (filter.composition?.kind) {
    case 'all':
      return parts.every((part) => matchesShared(part, attributes, event))
    case 'any':
      return parts.some((part) => matchesShared(part, attributes, event))
    case 'not':
      return parts.every((part) => !matchesShared(part, attributes, event))
    case undefined:
      return filter.matches(attributes)
  }
}
