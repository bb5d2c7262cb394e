import type { Addressable } from '@millrace/core'
import type { Channels } from '../channels.ts'
import { labelText, sample, type Family } from './exposition.ts'
import { Histogram } from './histogram.ts'

/** What is counted for one addressable; for all unknown paths together too, with empty labels. */
interface EventCounts {
  readonly labels: string
  accepted: number
  unmatched: number
  duplicate: number
  readonly rejected: Map<string, number>
  readonly delivery: Histogram
  readonly attempt: Histogram
}

type Named = Pick<Addressable, 'path' | 'namespace' | 'kind' | 'name'>
const unknown: Named = { path: '', namespace: '', kind: '', name: '' }

/** Counts what comes in, and how long deliveries take, by addressable. */
export class EventSeries {
  readonly #byPath = new Map<string, EventCounts>()
  /** The parts of a flow have the flow's labels, and count together. */
  readonly #byLabels = new Map<string, EventCounts>()
  readonly #addressableOf: (path: string) => Addressable | undefined
  readonly #entrances: () => Iterable<Addressable>

  /**
   * @param addressableOf the addressable of a path in the topology in force
   * @param entrances those that events can be sent to: what they count begins with 0
   */
  constructor(
    addressableOf: (path: string) => Addressable | undefined,
    entrances: () => Iterable<Addressable>,
  ) {
    this.#addressableOf = addressableOf
    this.#entrances = entrances
  }

  /** The returned function ends it. */
  follow(channels: Channels): () => void {
    const ends = [
      channels.eventAccepted.subscribe(({ addressable }) => {
        this.#of(addressable).accepted += 1
      }),
      channels.eventUnmatched.subscribe(({ addressable }) => {
        this.#of(addressable).unmatched += 1
      }),
      channels.eventDuplicate.subscribe(({ addressable }) => {
        this.#of(addressable).duplicate += 1
      }),
      channels.eventRejected.subscribe(({ addressable = unknown, code }) => {
        const { rejected } = this.#of(addressable)
        rejected.set(code, (rejected.get(code) ?? 0) + 1)
      }),
      channels.deliveryAttempted.subscribe(({ route, ms }) => {
        this.#at(route.addressable).attempt.observe(ms / 1_000)
      }),
      channels.deliverySettled.subscribe(({ route, outcome, ms }) => {
        if (outcome === 'delivered' && route.role === 'subscriber')
          this.#at(route.addressable).delivery.observe(ms / 1_000)
      }),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  families(): Family[] {
    for (const each of this.#entrances()) this.#of(each)
    return [
      this.#counter('accepted', 'Events that were stored or matched nothing, and were answered 202.'),
      this.#counter('unmatched', 'Accepted events that no trigger matched.'),
      this.#counter('duplicate', 'Events that were answered 202 and not stored again.'),
      {
        name: 'millrace_events_rejected_total',
        type: 'counter',
        help: 'Requests at ingress that were refused, by the code of the problem.',
        samples: () => this.#rejected(),
      },
      this.#histogram('delivery', 'From the acceptance of an event until a subscriber had it.'),
      this.#histogram('attempt', 'How long requests to subscribers and sinks took.'),
    ]
  }

  #at(path: string): EventCounts {
    return this.#byPath.get(path) ?? this.#of(this.#addressableOf(path) ?? unknown)
  }

  #of(addressable: Named): EventCounts {
    let counts = this.#byPath.get(addressable.path)
    if (counts === undefined) {
      const { namespace, kind, name } = addressable
      const labels = labelText({ namespace, kind, name })
      counts = this.#byLabels.get(labels) ?? noCounts(labels)
      this.#byLabels.set(labels, counts)
      this.#byPath.set(addressable.path, counts)
    }
    return counts
  }

  #counter(which: 'accepted' | 'unmatched' | 'duplicate', help: string): Family {
    const name = `millrace_events_${which}_total`
    const all = this.#byLabels
    return {
      name,
      type: 'counter',
      help,
      *samples() {
        for (const counts of all.values())
          if (counts.labels !== unknownLabels) yield sample(name, counts.labels, counts[which])
      },
    }
  }

  *#rejected(): Generator<string> {
    for (const { labels, rejected } of this.#byLabels.values())
      for (const [code, count] of rejected)
        yield sample('millrace_events_rejected_total', `${labels},${labelText({ code })}`, count)
  }

  #histogram(which: 'delivery' | 'attempt', help: string): Family {
    const name = `millrace_${which}_duration_seconds`
    const all = this.#byLabels
    return {
      name,
      type: 'histogram',
      help,
      *samples() {
        for (const counts of all.values()) yield* counts[which].samples(name, counts.labels)
      },
    }
  }
}

function noCounts(labels: string): EventCounts {
  return {
    labels,
    accepted: 0,
    unmatched: 0,
    duplicate: 0,
    rejected: new Map(),
    delivery: new Histogram(),
    attempt: new Histogram(),
  }
}

const unknownLabels = labelText({ namespace: '', kind: '', name: '' })
