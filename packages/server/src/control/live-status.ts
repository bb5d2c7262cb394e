import type { Route, Topology } from '@millrace/core'
import type { Resource } from '@millrace/resources'
import type { RouteNumber, RouteStats } from '@millrace/storage'
import { rfc3339 } from './rfc3339.ts'

/** What delivery knows of a route at this moment. */
export interface RouteState {
  readonly inFlight: number
  readonly lastError:
    | {
        /** Milliseconds since the epoch. */ readonly at: number
        readonly reason: string
        readonly code?: number
      }
    | undefined
}

/** Where the numbers of a status come from. */
export interface LiveSources {
  readonly topology: Topology
  readonly stats: ReadonlyMap<RouteNumber, RouteStats>
  readonly numberOf: (routeId: string) => RouteNumber | undefined
  readonly routeState: (routeId: string) => RouteState
}

/** The part of a resource's status that changes by the second; none for kinds that carry no events. */
export function liveStatus(resource: Resource, live: LiveSources): object {
  const { kind, metadata } = resource
  const { namespace, name } = metadata
  if (live.topology.addressables.get(`/${namespace}/${name}`)?.kind === kind)
    return {
      waiting: sum(
        numbers(live, (route) => route.addressable === `/${namespace}/${name}`),
        'waiting',
      ),
    }
  const own = numbers(
    live,
    (route) => route.kind === kind && route.namespace === namespace && route.name === name,
  )
  const subscriber = own.find(({ route }) => route.role === 'subscriber')
  if (subscriber === undefined) return {}
  const { lastError } = subscriber.state
  const { oldest } = subscriber
  return {
    waiting: subscriber.waiting,
    inFlight: subscriber.state.inFlight,
    oldest: oldest === undefined ? undefined : rfc3339(oldest),
    lastError: lastError === undefined ? undefined : { ...lastError, at: rfc3339(lastError.at) },
    paused: false,
    circuit: 'closed',
    deadLetters: sum(own, 'deadLetters'),
    deadLettersWaiting: sum(
      own.filter(({ route }) => route.role === 'deadletter'),
      'waiting',
    ),
  }
}

interface RouteNumbers {
  readonly route: Route
  readonly state: RouteState
  /** Stored, unsettled, not in flight. */
  readonly waiting: number
  readonly deadLetters: number
  readonly oldest: number | undefined
}

function numbers(live: LiveSources, wanted: (route: Route) => boolean): RouteNumbers[] {
  return [...live.topology.routes.values()].filter(wanted).map((route) => {
    const number = live.numberOf(route.id)
    const stats = number === undefined ? undefined : live.stats.get(number)
    const state = live.routeState(route.id)
    return {
      route,
      state,
      // the two were not taken at one moment: never below zero
      waiting: Math.max(0, (stats?.unsettled ?? 0) - state.inFlight),
      deadLetters: stats?.deadLetters ?? 0,
      oldest: stats?.oldest,
    }
  })
}

function sum(all: readonly RouteNumbers[], field: 'waiting' | 'deadLetters'): number {
  return all.reduce((total, each) => total + each[field], 0)
}
