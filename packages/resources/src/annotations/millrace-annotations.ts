import type { Annotation } from './annotation.ts'
import { INGRESS_TOKEN, ingressTokenProblem } from './ingress-token.ts'
import { oneOf, packageName, positiveDuration, wholeNumber } from './annotation-values.ts'
import { SOURCE_PACKAGE } from '../kinds/source/source-kind.ts'

export const PREFIX = 'millrace.dev/'
const MISSED_TICKS = `${PREFIX}missed-ticks`
export const IN_FLIGHT = `${PREFIX}in-flight`

const routes = ['Trigger', 'Subscription']
const addressables = ['Broker', 'Channel', 'InMemoryChannel', 'KafkaChannel', 'Sequence', 'Parallel']
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
  later('archive', addressables, 'keeps events'),
  later('archive-size', addressables, 'bounds what is kept'),
  later('dedupe', addressables, 'stores the same source and id once'),
  later('paused', routes, 'holds deliveries back'),
  later('ordered-by', routes, 'delivers one event of a key at a time'),
  later('on-failure', routes, 'says what becomes of a key whose head failed for good'),
  later('rate', routes, 'bounds attempts in time'),
  later('delay', routes, 'puts the first attempt off'),
  later('due-from', routes, 'takes the time of the first attempt from an attribute'),
  later('batch', routes, 'sends several events in one request'),
  later('circuit', routes, 'stops attempts while a subscriber is down'),
  later('offset', sources, 'is for sources'),
  later('subscription', ['CloudPubSubSource'], 'uses a subscription that is there'),
  later('push', ['CloudPubSubSource'], 'has messages pushed'),
  later('push-audience', ['CloudPubSubSource'], 'is what a pushed token must be for'),
  later('push-account', ['CloudPubSubSource'], 'is who a pushed token must be from'),
  later('scheduler', ['CloudSchedulerSource'], 'says what runs the schedule'),
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

function later(name: string, on: readonly string[], does: string): Annotation {
  return { name: `${PREFIX}${name}`, on, class: 'later', does }
}
