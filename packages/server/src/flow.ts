import {
  attributeRouter,
  type Addressable,
  type AddressablePath,
  type Route,
  type Router,
  type Topology,
  type UpdatableRouter,
} from '@millrace/core'
import type { RouteNumber } from '@millrace/storage'

/** One topology in force, with the store's numbers of its routes. Never changes; a reload makes a new one. */
export class LiveTopology {
  readonly topology: Topology
  /** What producers can send to: not the inner parts of flows, nor sources. */
  readonly entrances: ReadonlyMap<AddressablePath, Addressable>
  readonly #numbers: ReadonlyMap<string, RouteNumber>
  readonly #routes = new Map<RouteNumber, Route>()
  readonly #routers = new Map<AddressablePath, UpdatableRouter>()

  /**
   * @param before the topology that this one replaces at once: its routers are taken over, so that a small
   * change of ten thousand triggers costs little
   */
  constructor(topology: Topology, numbers: ReadonlyMap<string, RouteNumber>, before?: LiveTopology) {
    this.topology = topology
    this.entrances = new Map(
      [...topology.addressables].filter(
        ([, { owner, closed }]) => owner === undefined && closed === undefined,
      ),
    )
    this.#numbers = numbers
    for (const route of topology.routes.values()) this.#routes.set(this.numberOf(route.id), route)
    for (const { path, routes } of topology.addressables.values()) {
      const known = before === undefined ? undefined : before.#routers.get(path)
      known?.update(routes)
      this.#routers.set(path, known ?? attributeRouter(routes))
    }
  }

  /** What owns an addressable in the store: itself, or the flow that it is a part of. */
  ownerOf(path: AddressablePath): AddressablePath {
    return this.topology.addressables.get(path)?.owner ?? path
  }

  router(path: AddressablePath): Router | undefined {
    return this.#routers.get(path)
  }

  routeOf(number: RouteNumber): Route | undefined {
    return this.#routes.get(number)
  }

  /** The number of a route of this topology; undefined for any other identity. */
  findNumber(id: string): RouteNumber | undefined {
    return this.#numbers.get(id)
  }

  /** @throws {Error} when the route was not registered, which is a mistake of ours. */
  numberOf(id: string): RouteNumber {
    const number = this.#numbers.get(id)
    if (number === undefined) throw new Error(`route ${id} has no number`)
    return number
  }
}

/** The topology in force: read anew for each event, swapped whole by a reload. */
export class Flow {
  #current: LiveTopology

  constructor(initial: LiveTopology) {
    this.#current = initial
  }

  get current(): LiveTopology {
    return this.#current
  }

  swap(next: LiveTopology): void {
    this.#current = next
  }
}
