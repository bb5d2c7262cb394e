import { ambiguitiesOf, canNeverMatch, compileFilter } from '@millrace/core'
import type { AddressablePath, Filter, Route } from '@millrace/core'
import type { Finding } from '../finding.ts'
import type { TriggerSpec } from '../kinds/trigger/trigger.schema.ts'
import { triggerStatus } from '../kinds/trigger/trigger.status.ts'
import { readyOf } from '../kinds/conditions.ts'
import { nearest } from '../nearest.ts'
import type { Condition, Resource, ResourceStatus } from '../resource.ts'
import type { CompiledBroker } from './compile-broker.ts'
import type { Directory } from './directory.ts'
import type { Edge } from './loops.ts'
import { resolveDestination } from './resolve-destination.ts'
import { triggerRoutes } from './trigger-routes.ts'
import { warning } from './warning.ts'

export interface TriggerContext {
  /** Of its broker, whether there is one or not. */
  readonly path: AddressablePath
  readonly broker: CompiledBroker | undefined
  readonly directory: Directory
  /** `DependencyReady` of a resource. */
  readonly dependency: (resource: Resource<TriggerSpec>) => Condition
}

export interface CompiledTrigger {
  readonly routes: readonly Route[]
  readonly status: ResourceStatus
  readonly findings: readonly Finding[]
  readonly edges: readonly Edge[]
}

export function compileTrigger(resource: Resource<TriggerSpec>, context: TriggerContext): CompiledTrigger {
  const { path, broker, directory } = context
  const { spec } = resource
  const findings: Finding[] = []
  const warn = (at: string, message: string) => findings.push(warning(resource, at, message))

  if (broker === undefined) warn('spec.broker', noBroker(resource, directory))
  const filter = compileFilter({ attributes: spec.filter?.attributes, filters: spec.filters })
  if (canNeverMatch(filter.needs)) warn(...neverMatches(spec, filter))
  const ambiguities = ambiguitiesOf({ filters: spec.filters }).map((found) => ({
    path: `spec.${found.path}`,
    message: `is read from left to right, as ${found.leftToRight}, but by Knative as ${found.rightToLeft}; write the parentheses`,
  }))
  for (const { path: at, message } of ambiguities) warn(at, message)

  const subscriber = resolveDestination(spec.subscriber, directory)
  if (subscriber.kind === 'unresolved') warn('spec.subscriber.ref', subscriber.message)
  // The trigger's `delivery` replaces the broker's, but the broker's sink holds where it names none.
  const own = spec.delivery?.deadLetterSink
  const deadLetterSink = own === undefined ? broker?.deadLetterSink : resolveDestination(own, directory)
  if (own !== undefined && deadLetterSink?.kind === 'unresolved') {
    warn('spec.delivery.deadLetterSink.ref', deadLetterSink.message)
  }
  const dependency = context.dependency(resource)
  if (dependency.reason === 'DependencyDoesNotExist') {
    warn('metadata.annotations.knative.dev/dependency', dependency.message ?? '')
  }

  return {
    routes: triggerRoutes({ resource, path, broker, filter, subscriber, deadLetterSink }),
    status: triggerStatus({
      broker: spec.broker,
      brokerReady: broker === undefined ? undefined : readyOf(broker.status.conditions),
      subscriber,
      deadLetterSink,
      dependency,
      ambiguous: ambiguities[0] && `${ambiguities[0].path} ${ambiguities[0].message}`,
    }),
    findings,
    edges: [
      { from: path, to: subscriber, resource, path: 'spec.subscriber' },
      ...(own === undefined
        ? []
        : [{ from: path, to: deadLetterSink, resource, path: 'spec.delivery.deadLetterSink' }]),
    ],
  }
}

function noBroker({ spec, metadata }: Resource<TriggerSpec>, { addressables }: Directory): string {
  const { namespace } = metadata
  const prefix = `/${namespace}/`
  const names = [...addressables.keys()].filter((path) => path.startsWith(prefix))
  const near = nearest(
    spec.broker,
    names.map((path) => path.slice(prefix.length)),
  )
  const todo = near === undefined ? 'declare it' : `did you mean "${near}"?`
  return `Broker "${spec.broker}" does not exist in namespace ${namespace}, ${todo}`
}

function neverMatches({ filters = [] }: TriggerSpec, { text }: Filter): [path: string, message: string] {
  const path = filters.length > 0 ? 'spec.filters' : 'spec.filter'
  return [
    path,
    `no event can match ${text}, so nothing is ever delivered; take out what contradicts the rest`,
  ]
}
