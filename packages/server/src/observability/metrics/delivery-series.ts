import type { Addressable, Route } from '@millrace/core'
import type { Channels, DeliveryAttempted } from '../channels.ts'
import { labelText, sample, type Family } from './exposition.ts'
import { routeLabels } from './route-labels.ts'

const results = ['delivered', 'dead', 'orphaned', 'cancelled'] as const

/** What is counted for one route. */
interface RouteCounts {
  /** Without `to`: what waits is told for all that a trigger gives rise to together. */
  readonly trigger: string
  readonly labels: string
  readonly results: Record<(typeof results)[number], number>
  /** By outcome and code; their labels are made once. */
  readonly attempts: { [outcome in DeliveryAttempted['outcome']]?: Map<string | number, Counted> }
}

interface Counted {
  readonly labels: string
  count: number
}

/** Counts what becomes of deliveries, by route: a route that has had none has no series. */
export class DeliverySeries {
  readonly #byRoute = new Map<string, RouteCounts>()
  readonly #addressableOf: (path: string) => Addressable | undefined

  /** @param addressableOf the addressable of a path in the topology in force */
  constructor(addressableOf: (path: string) => Addressable | undefined) {
    this.#addressableOf = addressableOf
  }

  /** The returned function ends it. */
  follow(channels: Channels): () => void {
    const ends = [
      channels.deliveryAttempted.subscribe((message) => {
        const { attempts, labels } = this.#of(message.route)
        const { outcome } = message
        const code = codeOf(message)
        const byCode = (attempts[outcome] ??= new Map())
        const known = byCode.get(code)
        if (known !== undefined) known.count += 1
        else byCode.set(code, { labels: `${labels},${labelText({ outcome, code: String(code) })}`, count: 1 })
      }),
      channels.deliverySettled.subscribe(({ route, outcome }) => {
        this.#of(route).results[outcome] += 1
      }),
      channels.deliveriesRemoved.subscribe(({ route, result, count }) => {
        this.#of(route).results[result] += count
      }),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  /** The labels of every trigger that has had traffic. */
  triggers(): Set<string> {
    return new Set([...this.#byRoute.values()].map(({ trigger }) => trigger))
  }

  families(): Family[] {
    return [
      {
        name: 'millrace_deliveries_total',
        type: 'counter',
        help: 'Deliveries that have come to their end, by what became of them.',
        samples: () => this.#results(),
      },
      {
        name: 'millrace_attempts_total',
        type: 'counter',
        help: 'Requests to subscribers and sinks, by what follows and by status, timeout or connection; of sinks that are no HTTP sent, unready or refused, too.',
        samples: () => this.#attempts(),
      },
    ]
  }

  #of(route: Route): RouteCounts {
    let counts = this.#byRoute.get(route.id)
    if (counts === undefined) {
      const trigger = routeLabels(route, this.#addressableOf(route.addressable))
      counts = {
        trigger,
        labels: `${trigger},${labelText({ to: route.role })}`,
        results: { delivered: 0, dead: 0, orphaned: 0, cancelled: 0 },
        attempts: {},
      }
      this.#byRoute.set(route.id, counts)
    }
    return counts
  }

  *#results(): Generator<string> {
    for (const counts of this.#byRoute.values())
      for (const result of results) {
        const count = counts.results[result]
        // the two that every route can come to are there from its first one on
        if (count > 0 || result === 'delivered' || result === 'dead')
          yield sample('millrace_deliveries_total', `${counts.labels},result="${result}"`, count)
      }
  }

  *#attempts(): Generator<string> {
    for (const { attempts } of this.#byRoute.values())
      for (const byCode of Object.values(attempts))
        for (const { labels, count } of byCode.values())
          yield sample('millrace_attempts_total', labels, count)
  }
}

/** A sink that is no HTTP has no status: what it took is `sent`. */
function codeOf({ code, outcome, failure = 'connection' }: DeliveryAttempted): string | number {
  if (code !== undefined) return code
  return outcome === 'delivered' ? 'sent' : failure
}
