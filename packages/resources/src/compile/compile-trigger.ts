import { ambiguitiesOf, canNeverMatch, compileFilter, resolvePolicy } from '@millrace/core'
import type { AddressablePath, Filter } from '@millrace/core'
import type { TriggerSpec } from '../kinds/trigger/trigger.schema.ts'
import { triggerStatus } from '../kinds/trigger/trigger.status.ts'
import { readyOf } from '../kinds/conditions.ts'
import { nearest } from '../nearest.ts'
import type { Condition, Resource } from '../resource.ts'
import type { CompiledBroker } from './compile-broker.ts'
import type { CompiledReader } from './compiled.ts'
import type { Directory } from './directory.ts'
import { Links } from './links.ts'
import { routesOf } from './routes-of.ts'
import { warnOfUnused } from './unused-annotations.ts'

export interface TriggerContext {
  /** Of its broker, whether there is one or not. */
  readonly path: AddressablePath
  readonly broker: CompiledBroker | undefined
  readonly directory: Directory
  /** `DependencyReady` of a resource. */
  readonly dependency: (resource: Resource<TriggerSpec>) => Condition
}

export function compileTrigger(resource: Resource<TriggerSpec>, context: TriggerContext): CompiledReader {
  const { path, broker, directory } = context
  const { kind, metadata, spec } = resource
  const links = new Links(resource, directory)

  if (broker === undefined) links.warn('spec.broker', noBroker(resource, directory))
  const filter = compileFilter({ attributes: spec.filter?.attributes, filters: spec.filters })
  if (canNeverMatch(filter.needs)) links.warn(...neverMatches(spec, filter))
  const ambiguities = ambiguitiesOf({ filters: spec.filters }).map((found) => ({
    path: `spec.${found.path}`,
    message: `is read from left to right, as ${found.leftToRight}, but by Knative as ${found.rightToLeft}; write the parentheses`,
  }))
  for (const { path: at, message } of ambiguities) links.warn(at, message)

  const subscriber = links.resolve(spec.subscriber, path, 'spec.subscriber')
  warnOfUnused(metadata.annotations, subscriber, links)
  // The trigger's `delivery` replaces the broker's, but the broker's sink holds where it names none.
  const own = links.resolve(spec.delivery?.deadLetterSink, path, 'spec.delivery.deadLetterSink')
  const deadLetterSink = own ?? broker?.deadLetterSink
  const dependency = context.dependency(resource)
  if (dependency.reason === 'DependencyDoesNotExist') {
    links.warn('metadata.annotations.knative.dev/dependency', dependency.message ?? '')
  }

  return {
    routes: routesOf({
      addressable: path,
      kind,
      metadata,
      filter,
      subscriber,
      reply: { kind: 'resolved', destination: { kind: 'addressable', path }, uri: path },
      deadLetterSink,
      policy: resolvePolicy(spec.delivery, broker?.delivery, metadata.annotations),
    }),
    status: triggerStatus({
      broker: spec.broker,
      brokerReady: broker === undefined ? undefined : readyOf(broker.status.conditions),
      subscriber,
      deadLetterSink,
      dependency,
      ambiguous: ambiguities[0] && `${ambiguities[0].path} ${ambiguities[0].message}`,
    }),
    findings: links.findings,
    edges: broker === undefined ? [] : links.edges,
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
