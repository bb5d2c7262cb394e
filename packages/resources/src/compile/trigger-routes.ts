import { resolvePolicy } from '@millrace/core'
import type { AddressablePath, DeadLetterTarget, Filter, Route, RouteRole } from '@millrace/core'
import { PARALLELISM } from '../annotations/knative-annotations.ts'
import { IN_FLIGHT } from '../annotations/millrace-annotations.ts'
import type { TriggerSpec } from '../kinds/trigger/trigger.schema.ts'
import type { Resource } from '../resource.ts'
import type { CompiledBroker } from './compile-broker.ts'
import type { Resolution } from './resolve-destination.ts'

export interface TriggerParts {
  readonly resource: Resource<TriggerSpec>
  readonly path: AddressablePath
  readonly broker: CompiledBroker | undefined
  readonly filter: Filter
  readonly subscriber: Resolution
  readonly deadLetterSink: Resolution | undefined
}

const DEFAULT_IN_FLIGHT = 100

/** The filter of routes that are never matched. */
const nothing: Filter = {
  matches: () => false,
  explain: () => ({ matched: false, clause: 'nothing' }),
  text: 'nothing',
  needs: { toMatch: [[]], toFail: [] },
}

/** The subscriber's route, and one for its dead letters where their sink is a URL. */
export function triggerRoutes({
  resource,
  path,
  broker,
  filter,
  subscriber,
  deadLetterSink,
}: TriggerParts): Route[] {
  const { kind, metadata, spec } = resource
  const { namespace, name, annotations } = metadata
  const idOf = (role: RouteRole) => `${path}|${kind}|${namespace}/${name}|${role}`
  const shared = {
    addressable: path,
    kind,
    namespace,
    name,
    policy: resolvePolicy(spec.delivery, broker?.delivery, annotations),
    inFlight: Number(annotations[IN_FLIGHT] ?? annotations[PARALLELISM] ?? DEFAULT_IN_FLIGHT),
  }
  const main: Route = {
    ...shared,
    id: idOf('subscriber'),
    role: 'subscriber',
    filter,
    destination: destinationOf(subscriber),
    reply: { kind: 'addressable', path },
    deadLetter: targetOf(deadLetterSink, idOf('deadletter')),
  }
  if (main.deadLetter?.kind !== 'route') return [main]
  const companion: Route = {
    ...shared,
    id: idOf('deadletter'),
    role: 'deadletter',
    filter: nothing,
    destination: destinationOf(deadLetterSink),
    reply: undefined,
    deadLetter: undefined,
  }
  return [main, companion]
}

/**
 * A sink that is a URL has a route, also while the URL is not known: its dead letters wait there, as
 * deliveries to a subscriber that does not resolve do. Where nothing is known of the sink, dead letters
 * rest in the store, where they are seen.
 */
function targetOf(sink: Resolution | undefined, route: string): DeadLetterTarget | undefined {
  if (sink === undefined) return undefined
  if (sink.kind === 'unresolved') return sink.url ? { kind: 'route', route } : undefined
  return sink.destination.kind === 'url' ? { kind: 'route', route } : sink.destination
}

function destinationOf(resolution: Resolution | undefined): Route['destination'] {
  return resolution?.kind === 'resolved' ? resolution.destination : undefined
}
