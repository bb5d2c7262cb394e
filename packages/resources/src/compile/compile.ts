import { compileFilter } from '@millrace/core'
import type { Addressable, AddressablePath, Destination, Route, Topology } from '@millrace/core'
import type { Finding } from '../finding.ts'
import type { TriggerSpec } from '../kinds/trigger/trigger.schema.ts'
import type { Resource, ResourceStatus } from '../resource.ts'
import { policyOf } from './policy.ts'

export interface CompileOptions {
  /** The URL of a Service that no manifest describes: `http://{name}.{namespace}:8080`. */
  readonly serviceUrlTemplate?: string
  /** Where the ingress is reached, for the URLs in statuses. */
  readonly ingressUrl?: string
}

export interface Compilation {
  readonly topology: Topology
  /** Warnings: dangling references, loops, filters that never match. */
  readonly findings: Finding[]
  /** By `resourceKey`. */
  readonly statuses: ReadonlyMap<string, ResourceStatus>
}

/** Compiles resources that were read without errors into the topology that the data plane works with. */
export function compile(resources: readonly Resource[], _options: CompileOptions = {}): Compilation {
  const addressables = new Map<AddressablePath, Addressable & { routes: Route[] }>()
  const routes = new Map<string, Route>()
  for (const { kind, metadata } of resources) {
    if (kind !== 'Broker') continue
    const { namespace, name } = metadata
    const path = `/${namespace}/${name}`
    addressables.set(path, { path, kind, namespace, name, routes: [] })
  }
  for (const resource of resources) {
    if (resource.kind !== 'Trigger') continue
    const { namespace, name } = resource.metadata
    const spec = resource.spec as unknown as TriggerSpec
    const path = `/${namespace}/${spec.broker}`
    const broker = addressables.get(path)
    if (broker === undefined) continue
    const destination: Destination | undefined =
      spec.subscriber.uri === undefined ? undefined : { kind: 'url', url: spec.subscriber.uri }
    const route: Route = {
      id: `${path}|Trigger|${namespace}/${name}|subscriber`,
      role: 'subscriber',
      addressable: path,
      kind: 'Trigger',
      namespace,
      name,
      filter: compileFilter({ attributes: spec.filter?.attributes, filters: spec.filters }),
      destination,
      reply: { kind: 'addressable', path },
      deadLetter: undefined,
      policy: policyOf(),
      inFlight: 100,
    }
    broker.routes.push(route)
    routes.set(route.id, route)
  }
  return { topology: { addressables, routes }, findings: [], statuses: new Map() }
}
