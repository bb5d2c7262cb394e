import type { Annotation } from './annotation.ts'
import { ARCHIVE, ARCHIVE_SIZE, sizeProblem } from './archive-values.ts'
import { flowAnnotations } from './flow-annotations.ts'
import { INGRESS_TOKEN, ingressTokenProblem } from './ingress-token.ts'
import { oneOf, packageName, positiveDuration, subscriptionName, wholeNumber } from './annotation-values.ts'
import { pushAnnotations } from './push-annotations.ts'
import { SOURCE_PACKAGE } from '../kinds/source/source-kind.ts'
import { quote } from '../quote.ts'

export const PREFIX = 'millrace.dev/'
const MISSED_TICKS = `${PREFIX}missed-ticks`
export const IN_FLIGHT = `${PREFIX}in-flight`
export const DEDUPE = `${PREFIX}dedupe`
export const PAUSED = `${PREFIX}paused`
export const ON_MALFORMED = `${PREFIX}on-malformed`
export const OFFSET = `${PREFIX}offset`

const routes = ['Trigger', 'Subscription']
/** Stands for every kind of sinks. */
export const anySink = 'a sink'
const addressables = ['Broker', 'Channel', 'InMemoryChannel', 'KafkaChannel', 'Sequence', 'Parallel', anySink]
/** Stands for every kind of sources, also those of other people's packages. */
export const anySource = 'a source'
const sources = [anySource]

/** All of ours, also those that this version does not have yet: to ignore one would be unsafe. */
export const millraceAnnotations: readonly Annotation[] = [
  {
    name: IN_FLIGHT,
    on: routes,
    class: 'enforced',
    does: 'Attempts under way at once, for each process: 1 to 10000, 100 unless set.',
    problem: wholeNumber(1, 10_000),
  },
  {
    name: `${PREFIX}backoff-max`,
    on: routes,
    class: 'enforced',
    does: 'The longest wait between two attempts, an ISO 8601 duration; no cap unless set.',
    problem: positiveDuration,
  },
  {
    name: INGRESS_TOKEN,
    on: ['Broker'],
    class: 'enforced',
    does: 'Producers must send `Authorization: Bearer` with a line of this Secret’s value (SECRET/KEY, same namespace); 401 without. While it is missing or empty nobody gets in: 503.',
    problem: ingressTokenProblem,
  },
  {
    name: ARCHIVE,
    on: addressables,
    class: 'enforced',
    does: 'What is accepted is kept for so long (an ISO 8601 duration), what matches nothing too: for `millrace event`.',
    problem: positiveDuration,
  },
  {
    name: ARCHIVE_SIZE,
    on: addressables,
    class: 'enforced',
    does: 'The most that the archive may take, such as `1Gi`: the oldest events go first. Without `archive` they are kept for 30 days at most.',
    problem: sizeProblem,
  },
  {
    name: DEDUPE,
    on: addressables,
    class: 'enforced',
    does: 'The same source and id within this time of the first (an ISO 8601 duration) are answered 202 and stored once, over restarts too.',
    problem: positiveDuration,
  },
  {
    name: PAUSED,
    on: routes,
    class: 'enforced',
    does: '`"true"`: deliveries wait, and none is lost; `millrace pause` does the same while the server runs.',
    problem: oneOf('true', 'false'),
  },
  ...flowAnnotations,
  {
    name: OFFSET,
    on: ['KafkaSource'],
    class: 'enforced',
    does: 'Where `millrace sources reset` moves a stopped source: `earliest`, `latest`, or an RFC 3339 time. By itself it moves nothing.',
    problem: (value) =>
      value === 'earliest' || value === 'latest' || isTime(value)
        ? undefined
        : `is ${quote(value)}, must be earliest, latest, or an RFC 3339 time such as 2026-11-22T17:30:00Z`,
  },
  {
    name: ON_MALFORMED,
    on: ['KafkaSource'],
    class: 'enforced',
    does: 'What becomes of a record that claims to be a CloudEvent and is none: with `event`, the default, it goes on as an event with its bytes and `millracereason`; with `dead-letter` that event is a dead letter at once (in `delivery.deadLetterSink`, where there is one).',
    problem: oneOf('event', 'dead-letter'),
  },
  {
    name: `${PREFIX}subscription`,
    on: ['CloudPubSubSource'],
    class: 'enforced',
    does: 'Reads this subscription, which somebody else keeps: Millrace neither makes, changes nor removes it.',
    problem: subscriptionName,
  },
  ...pushAnnotations,
  {
    name: `${PREFIX}scheduler`,
    on: ['CloudSchedulerSource'],
    class: 'enforced',
    does: 'With `embedded` Millrace fires by its own clock, and nothing is asked of Google; with `google`, the default, a job there does.',
    problem: oneOf('embedded', 'google'),
  },
  {
    name: MISSED_TICKS,
    on: ['PingSource'],
    class: 'enforced',
    does: 'Of the ticks that passed while Millrace was not running: `skip` (the default) none, `once` one event for the latest, `all` each of them, oldest first, at most 1000.',
    problem: oneOf('skip', 'once', 'all'),
  },
  {
    name: `${PREFIX}keep`,
    on: sources,
    class: 'enforced',
    does: 'With `"true"`, what Millrace made upstream for the source (a hook) stays there when the manifest goes.',
    problem: oneOf('true', 'false'),
  },
  {
    name: SOURCE_PACKAGE,
    on: sources,
    class: 'enforced',
    does: 'The package that the kind comes from, for sources that are not part of Millrace: `@acme/millrace-source-x`.',
    problem: packageName,
  },
]

function isTime(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text))
  )
}
