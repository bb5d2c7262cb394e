import type { Addressable, Route } from '@millrace/core'
import type { RouteNumber, RouteStats } from '@millrace/storage'
import { sample, type Family } from './exposition.ts'
import { routeLabels } from './route-labels.ts'

/** A route as far as its labels go; an orphan is known by its identity alone. */
export type LabelledRoute = Pick<Route, 'addressable' | 'name'>

/** What is read for a scrape. */
export interface Backlog {
  readonly stats: readonly RouteStats[]
  /** Routes that have attempts under way, with their number. */
  readonly inFlight: readonly (readonly [Route, number])[]
  readonly routeOf: (number: RouteNumber) => LabelledRoute | undefined
  readonly addressableOf: (path: string) => Addressable | undefined
  /** Labels of what has had traffic: it is told of where it holds nothing too. */
  readonly triggers: Iterable<string>
  /** Milliseconds since the epoch. */
  readonly now: number
}

interface Held {
  unsettled: number
  inFlight: number
  deadLetters: number
  parked: number
  oldest: number | undefined
}

/**
 * What each trigger holds at the moment of a scrape: its deliveries, those of its replies to URLs and of
 * its dead letters to their sink together. Further gauges by trigger are one line in `gauges`.
 */
export function backlogFamilies(backlog: Backlog): Family[] {
  const held = heldByTrigger(backlog)
  return gauges.map(({ name, help, value, sparse = false }) => ({
    name,
    type: 'gauge',
    help,
    *samples() {
      for (const [labels, each] of held) {
        const found = value(each, backlog.now)
        if (found !== 0 || !sparse) yield sample(name, labels, found)
      }
    },
  }))
}

const gauges: readonly {
  readonly name: string
  readonly help: string
  /** Of few triggers: 0 is not told. */
  readonly sparse?: boolean
  readonly value: (held: Held, nowMs: number) => number
}[] = [
  {
    name: 'millrace_deliveries_waiting',
    help: 'Deliveries that are stored, unsettled and not in flight.',
    // the two were not taken at one moment: never below zero
    value: ({ unsettled, inFlight }) => Math.max(0, unsettled - inFlight),
  },
  {
    name: 'millrace_deliveries_in_flight',
    help: 'Attempts under way.',
    value: ({ inFlight }) => inFlight,
  },
  {
    name: 'millrace_delivery_oldest_seconds',
    help: 'Age of the oldest event that is not settled, 0 where there is none.',
    value: ({ oldest }, nowMs) => (oldest === undefined ? 0 : Math.max(0, nowMs - oldest) / 1_000),
  },
  {
    name: 'millrace_dead_letters',
    help: 'Dead letters that rest in the store.',
    value: ({ deadLetters }) => deadLetters,
  },
  {
    name: 'millrace_keys_parked',
    help: 'Keys of ordered deliveries whose head failed for good and holds those behind it.',
    value: ({ parked }) => parked,
    sparse: true,
  },
]

function heldByTrigger({
  stats,
  inFlight,
  routeOf,
  addressableOf,
  triggers,
}: Backlog): ReadonlyMap<string, Held> {
  const held = new Map<string, Held>()
  for (const labels of triggers) at(labels)
  for (const { route: number, unsettled, deadLetters, parked, oldest } of stats) {
    const route = routeOf(number)
    if (route === undefined) continue
    const each = at(labelsOf(route))
    each.unsettled += unsettled
    each.deadLetters += deadLetters
    each.parked += parked
    if (oldest !== undefined && oldest < (each.oldest ?? Infinity)) each.oldest = oldest
  }
  for (const [route, count] of inFlight) at(labelsOf(route)).inFlight += count
  return held

  function labelsOf(route: LabelledRoute): string {
    return routeLabels(route, addressableOf(route.addressable))
  }

  function at(labels: string): Held {
    let each = held.get(labels)
    if (each === undefined) {
      each = { unsettled: 0, inFlight: 0, deadLetters: 0, parked: 0, oldest: undefined }
      held.set(labels, each)
    }
    return each
  }
}
