import type { Addressable, AddressablePath, Route, Topology } from '@millrace/core'
import type { Finding } from '../finding.ts'
import { resourceKey } from '../resource.ts'
import type { ChannelSubscriber, Resource, ResourceStatus } from '../resource.ts'
import type { Compiled, CompiledFlow } from './compiled.ts'
import type { Edge } from './loops.ts'

/** A topology while it is being put together, with all that is said on the way. */
export class Draft {
  readonly statuses = new Map<string, ResourceStatus>()
  readonly findings: Finding[] = []
  readonly edges: Edge[] = []
  readonly #addressables = new Map<AddressablePath, Addressable & { routes: Route[] }>()
  readonly #routes = new Map<string, Route>()

  get topology(): Topology {
    return { addressables: this.#addressables, routes: this.#routes }
  }

  add(resource: Resource, { status, findings, edges }: Compiled): void {
    this.statuses.set(resourceKey(resource), status)
    for (const finding of findings) this.findings.push(finding)
    for (const edge of edges) this.edges.push(edge)
  }

  addAddressable(addressable: Addressable): void {
    this.#addressables.set(addressable.path, { ...addressable, routes: [...addressable.routes] })
  }

  /** A flow brings its addressables with their routes. */
  addFlow({ addressables, routes }: CompiledFlow): void {
    for (const addressable of addressables) this.addAddressable(addressable)
    for (const route of routes) this.#routes.set(route.id, route)
  }

  /** A channel's status says who reads it. */
  addSubscribers(key: string, subscribers: readonly ChannelSubscriber[]): void {
    const status = this.statuses.get(key)
    if (status !== undefined) this.statuses.set(key, { ...status, subscribers })
  }

  /** Routes of every role; those of subscribers are matched by the addressable that they belong to. */
  addRoutes(routes: readonly Route[]): void {
    for (const route of routes) {
      this.#routes.set(route.id, route)
      if (route.role === 'subscriber') this.#addressables.get(route.addressable)?.routes.push(route)
    }
  }
}
