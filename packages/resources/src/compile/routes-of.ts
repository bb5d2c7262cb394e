import { compileFilter } from '@millrace/core'
import type { AddressablePath, DeliveryPolicy, Filter, ReplyTarget, Route, RouteRole } from '@millrace/core'
import { PARALLELISM } from '../annotations/knative-annotations.ts'
import { IN_FLIGHT, PAUSED } from '../annotations/millrace-annotations.ts'
import { flowControlOf } from './flow-control.ts'
import type { Metadata } from '../resource.ts'
import type { Resolution } from './resolve-destination.ts'

/** One edge out of an addressable, as a Trigger, a Subscription or a part of a flow declares it. */
export interface RouteParts {
  readonly addressable: AddressablePath
  readonly kind: string
  /** With the route's own name. */
  readonly metadata: Pick<Metadata, 'namespace' | 'name' | 'annotations'>
  readonly filter: Filter
  /** None: events are forwarded to where replies would go. */
  readonly subscriber: Resolution | undefined
  readonly reply: Resolution | undefined
  readonly deadLetterSink: Resolution | undefined
  readonly policy: DeliveryPolicy
  /** A source's own route whose order the source says. */
  readonly orderedBySource?: boolean
  /** A source's own route that sets aside what the source could not read. */
  readonly setsAside?: boolean
}

const DEFAULT_IN_FLIGHT = 100

/** What every event passes. */
export const everything: Filter = compileFilter({})

/** The filter of routes that are never matched. */
const nothing: Filter = {
  matches: () => false,
  explain: () => ({ matched: false, clause: 'nothing' }),
  text: 'nothing',
  needs: { toMatch: [[]], toFail: [] },
}

/**
 * The subscriber's route first; where replies or dead letters go to a URL, each has a companion route with
 * the same policy. A subscriber whose replies have no place yet waits: its deliveries would be lost half.
 */
export function routesOf(parts: RouteParts): [Route, ...Route[]] {
  const { addressable, kind, metadata, policy, filter, deadLetterSink } = parts
  const { namespace, name, annotations } = metadata
  const reply = parts.subscriber === undefined ? undefined : parts.reply
  const destination = reply?.kind === 'unresolved' ? undefined : (parts.subscriber ?? parts.reply)
  const inFlight = Number(annotations[IN_FLIGHT] ?? annotations[PARALLELISM] ?? DEFAULT_IN_FLIGHT)
  const shared = { addressable, kind, namespace, name, policy, inFlight }
  const flow = parts.orderedBySource === true ? { orderedBy: 'source' as const } : flowControlOf(annotations)
  const main: Route = {
    ...shared,
    ...(flow !== undefined && { flow }),
    ...(annotations[PAUSED] === 'true' && { paused: true }),
    ...(parts.setsAside === true && { setsAside: true }),
    ...(parts.subscriber === undefined && { replyAlone: true }),
    id: idOf('subscriber'),
    role: 'subscriber',
    filter,
    destination: destinationOf(destination),
    reply: targetOf(reply, idOf('reply')),
    deadLetter: targetOf(deadLetterSink, idOf('deadletter')),
  }
  const { deadLetter } = main
  const routes: [Route, ...Route[]] = [main]
  if (main.reply?.kind === 'route') routes.push(companion('reply', reply, deadLetter))
  if (deadLetter?.kind === 'route') routes.push(companion('deadletter', deadLetterSink, undefined))
  return routes

  function idOf(role: RouteRole): string {
    return `${addressable}|${kind}|${namespace}/${name}|${role}`
  }

  function companion(role: RouteRole, to: Resolution | undefined, sink: Route['deadLetter']): Route {
    return {
      ...shared,
      id: idOf(role),
      role,
      filter: nothing,
      destination: destinationOf(to),
      reply: undefined,
      deadLetter: sink,
    }
  }
}

/**
 * A sink that is outside has a route, also while the URL is not known: what is for it waits there, as
 * deliveries to a subscriber that does not resolve do. Where nothing is known of the sink, dead letters
 * rest in the store, where they are seen.
 */
function targetOf(sink: Resolution | undefined, route: string): ReplyTarget | undefined {
  if (sink === undefined) return undefined
  if (sink.kind === 'unresolved') return sink.url ? { kind: 'route', route } : undefined
  return sink.destination.kind === 'addressable' ? sink.destination : { kind: 'route', route }
}

function destinationOf(resolution: Resolution | undefined): Route['destination'] {
  return resolution?.kind === 'resolved' ? resolution.destination : undefined
}
