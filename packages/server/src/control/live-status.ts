import type { Route, Topology } from '@millrace/core'
import type { Resource } from '@millrace/resources'
import type { RouteNumber, RouteStats } from '@millrace/storage'
import { together, type RouteState, type RouteStates } from '../replicas/route-state.ts'
import { rfc3339 } from './rfc3339.ts'

/** Where the numbers of a status come from. */
export interface LiveSources {
  readonly topology: Topology
  readonly stats: readonly RouteStats[]
  readonly numberOf: (routeId: string) => RouteNumber | undefined
  /** What this process does. */
  readonly routeState: (routeId: string) => RouteState
  /** What the other processes on the store do. */
  readonly others: RouteStates
}

interface RouteNumbers {
  readonly route: Route
  readonly state: RouteState
  /** Stored, unsettled, not in flight. */
  readonly waiting: number
  readonly deadLetters: number
  readonly oldest: number | undefined
}

/** The part of statuses that changes by the second, of all resources at one moment, over all processes. */
export class LiveStatus {
  readonly #topology: Topology
  readonly #byAddressable: ReadonlyMap<string, readonly RouteNumbers[]>
  readonly #byResource: ReadonlyMap<string, readonly RouteNumbers[]>

  constructor({ topology, stats, numberOf, routeState, others }: LiveSources) {
    const byNumber = new Map(stats.map((each) => [each.route, each]))
    const all = [...topology.routes.values()].map((route): RouteNumbers => {
      const number = numberOf(route.id)
      const counts = number === undefined ? undefined : byNumber.get(number)
      const state = together(routeState(route.id), number === undefined ? undefined : others.get(number))
      return {
        route,
        state,
        // the two were not taken at one moment: never below zero
        waiting: Math.max(0, (counts?.unsettled ?? 0) - state.inFlight),
        deadLetters: counts?.deadLetters ?? 0,
        oldest: counts?.oldest,
      }
    })
    this.#topology = topology
    // what waits for a part of a flow waits for the flow
    this.#byAddressable = Map.groupBy(
      all,
      ({ route }) => topology.addressables.get(route.addressable)?.owner ?? route.addressable,
    )
    this.#byResource = Map.groupBy(all, ({ route }) => `${route.kind} ${route.namespace}/${route.name}`)
  }

  /** Nothing for kinds that carry no events. */
  of({ kind, metadata }: Pick<Resource, 'kind' | 'metadata'>): object {
    const name = `${metadata.namespace}/${metadata.name}`
    if (this.#topology.addressables.get(`/${name}`)?.kind === kind)
      return addressableStatus(this.#byAddressable.get(`/${name}`) ?? [])
    const own = this.#byResource.get(`${kind} ${name}`)
    const subscriber = own?.find(({ route }) => route.role === 'subscriber')
    return subscriber === undefined ? {} : routeStatus(subscriber, own ?? [])
  }
}

/** What its triggers do, taken together. */
function addressableStatus(all: readonly RouteNumbers[]): object {
  const subscribers = all.filter(({ route }) => route.role === 'subscriber')
  const failing = subscribers.filter(({ state }) => state.failing === true)
  const [latest] = failing
    .flatMap(({ state }) => state.lastError ?? [])
    .toSorted((one, other) => other.at - one.at)
  return {
    waiting: sum(all, 'waiting'),
    routes: subscribers.length,
    failingRoutes: failing.length,
    lastError: latest === undefined ? undefined : { ...latest, at: rfc3339(latest.at) },
  }
}

function routeStatus({ waiting, oldest, state }: RouteNumbers, own: readonly RouteNumbers[]): object {
  const { inFlight, lastError, paused, circuit = 'closed' } = state
  const toSink = own.filter(({ route }) => route.role === 'deadletter')
  const replies = own.filter(({ route }) => route.role === 'reply')
  return {
    waiting,
    inFlight,
    oldest: oldest === undefined ? undefined : rfc3339(oldest),
    lastError: lastError === undefined ? undefined : { ...lastError, at: rfc3339(lastError.at) },
    paused,
    circuit,
    deadLetters: sum(own, 'deadLetters'),
    deadLettersWaiting: sum(toSink, 'waiting'),
    repliesWaiting: sum(replies, 'waiting'),
  }
}

function sum(all: readonly RouteNumbers[] = [], field: 'waiting' | 'deadLetters'): number {
  return all.reduce((total, each) => total + each[field], 0)
}
