import type { Annotation } from './annotation.ts'
import { oneOf, wholeNumber } from './annotation-values.ts'
import { DEPENDENCY, dependencyProblem } from './dependency.ts'
import { KAFKA_ORDER } from './flow-annotations.ts'
import { injectionProblem } from './injection.ts'
import { CLASS_ANNOTATION } from '../kinds/broker/broker.defaults.ts'

export const PARALLELISM = 'rabbitmq.eventing.knative.dev/parallelism'

const channels = ['Channel', 'InMemoryChannel', 'KafkaChannel']

/** Knative's own that mean something for the kinds of this version. */
export const knativeAnnotations: readonly Annotation[] = [
  {
    name: CLASS_ANNOTATION,
    on: ['Broker'],
    class: 'inert',
    does: 'there is one kind of broker here, and the store is chosen when Millrace is started',
  },
  {
    name: 'eventing.knative.dev/injection',
    on: ['Trigger'],
    class: 'inert',
    does: 'a broker is there when a manifest declares it',
    problem: injectionProblem,
  },
  {
    name: 'eventing.knative.dev/scope',
    on: channels,
    class: 'inert',
    does: 'one process serves all namespaces',
    problem: oneOf('cluster', 'namespace'),
  },
  {
    name: 'messaging.knative.dev/subscribable',
    on: channels,
    class: 'inert',
    does: 'a channel is known by its kind',
  },
  {
    name: 'messaging.knative.dev/async-handler',
    on: channels,
    class: 'inert',
    does: '202 is answered when the event is stored, before it is delivered, and nothing is lost',
  },
  {
    name: DEPENDENCY,
    on: ['Trigger'],
    class: 'enforced',
    does: 'The trigger is not Ready while this resource is not: a JSON object with apiVersion, kind and name.',
    problem: dependencyProblem,
  },
  {
    name: KAFKA_ORDER,
    // Knative has it on triggers alone; an order is as good on a subscription
    on: ['Trigger', 'Subscription'],
    class: 'enforced',
    does: 'ordered: as millrace.dev/ordered-by: partitionkey, where that is not set; unordered is what every route is.',
    problem: oneOf('ordered', 'unordered'),
  },
  {
    name: PARALLELISM,
    on: ['Trigger'],
    class: 'enforced',
    does: 'Attempts under way at once, 1 to 1000, where millrace.dev/in-flight is not set.',
    problem: wholeNumber(1, 1_000),
  },
]
