import { mapAt } from '../kinds/shape.ts'
import { sinkOf } from '../kinds/sink/leads-to-sink.ts'
import type { Manifest } from '../kinds/kind.ts'
import { quote } from '../quote.ts'
import type { Annotation } from './annotation.ts'
import { oneOf } from './annotation-values.ts'
import { attributeNamesOf, batchOf, circuitOf, delayOf, isAttributeName, rateOf } from './flow-values.ts'

export const ORDERED_BY = 'millrace.dev/ordered-by'
export const ON_FAILURE = 'millrace.dev/on-failure'
export const RATE = 'millrace.dev/rate'
export const DELAY = 'millrace.dev/delay'
export const DUE_FROM = 'millrace.dev/due-from'
export const BATCH = 'millrace.dev/batch'
export const CIRCUIT = 'millrace.dev/circuit'
export const KAFKA_ORDER = 'kafka.eventing.knative.dev/delivery.order'

const routes = ['Trigger', 'Subscription']

/** Order, rate, schedule, batches: what a route asks for beyond plain delivery. */
export const flowAnnotations: readonly Annotation[] = [
  {
    name: ORDERED_BY,
    on: routes,
    class: 'enforced',
    does: 'Of one key one event is out at a time, in the order of acceptance. The key is this attribute, or several by commas; an event without any of them is not ordered.',
    problem: (value) =>
      must(
        attributeNamesOf(value),
        value,
        'an attribute such as partitionkey, or several by commas, each once',
      ),
  },
  {
    name: ON_FAILURE,
    on: routes,
    class: 'enforced',
    does: 'With `ordered-by`, what becomes of an event that failed for good: `dead-letter` (the default), or `park`: it stays at the head of its key and holds those behind it, until `millrace keys release` or `skip`.',
    problem: (value, manifest) =>
      oneOf('dead-letter', 'park')(value) ??
      (isOrdered(manifest)
        ? undefined
        : `stands without ${ORDERED_BY}, must be left out, or stand beside it`),
  },
  {
    name: RATE,
    on: routes,
    class: 'enforced',
    does: 'At most so many attempts begin, retries too: `100/s`, `100/m`, `100/h`, or `100/s burst 20`; without a burst a tenth of a second’s worth, at least 1.',
    problem: (value) =>
      must(rateOf(value), value, 'a number above zero and s, m or h, such as 100/s or 100/s burst 20'),
  },
  {
    name: DELAY,
    on: routes,
    class: 'enforced',
    does: 'How long after acceptance the first attempt is made, an ISO 8601 duration of at most 30 days.',
    problem: (value) =>
      must(
        delayOf(value),
        value,
        'an ISO 8601 duration such as PT5M, not negative and at most 30 days (P30D)',
      ),
  },
  {
    name: DUE_FROM,
    on: routes,
    class: 'enforced',
    does: 'The attribute that says when the first attempt may be made, an RFC 3339 time at most 30 days ahead; another value is answered 400.',
    problem: (value) =>
      must(isAttributeName(value) ? value : undefined, value, 'the name of an attribute, such as notbefore'),
  },
  {
    name: BATCH,
    on: routes,
    class: 'enforced',
    does: 'At most so many events in one request, or after this long what there is: `100/PT1S`, sent as application/cloudevents-batch+json.',
    problem: (value, manifest) =>
      must(batchOf(value), value, 'a number from 1 to 10000 and a duration, such as 100/PT1S') ??
      (isOrdered(manifest)
        ? `stands beside an order, must be left out: of one key one event is out at a time`
        : sinkProblem(manifest)),
  },
  {
    name: CIRCUIT,
    on: routes,
    class: 'enforced',
    does: 'After so many failures in a row (no answer, 429, 502, 503, 504) only one attempt in this time, until one succeeds: `5/PT1S`. Meanwhile no retry is spent.',
    problem: (value) =>
      must(circuitOf(value), value, 'a number and a duration, both above zero, such as 5/PT1S'),
  },
]

function must(right: unknown, value: string, what: string): string | undefined {
  return right === undefined ? `is ${quote(value)}, must be ${what}` : undefined
}

function sinkProblem({ value }: Manifest): string | undefined {
  const sink = sinkOf(value)
  if (sink === undefined) return undefined
  return `stands on what leads to a ${sink}, must be left out: there each event is a message of its own, and what is there at once goes out together`
}

function isOrdered({ value }: Manifest): boolean {
  const annotations = mapAt(mapAt(value, 'metadata'), 'annotations')
  return annotations[ORDERED_BY] !== undefined || annotations[KAFKA_ORDER] === 'ordered'
}
