import type { Addressable, AddressablePath, Route, Topology } from '@millrace/core'
import type { Finding } from '../finding.ts'
import { isBroker } from '../kinds/broker/broker.schema.ts'
import { isTrigger } from '../kinds/trigger/trigger.schema.ts'
import { resourceKey } from '../resource.ts'
import type { Resource, ResourceStatus } from '../resource.ts'
import { compileBroker } from './compile-broker.ts'
import type { CompiledBroker } from './compile-broker.ts'
import { compileTrigger } from './compile-trigger.ts'
import { dependencyCondition } from './dependencies.ts'
import { directoryOf, pathOf } from './directory.ts'
import type { CompileOptions } from './directory.ts'
import { findLoops } from './loops.ts'
import type { Edge } from './loops.ts'

export interface Compilation {
  readonly topology: Topology
  /** Warnings: dangling references, loops, filters that never match or that Knative reads otherwise. */
  readonly findings: Finding[]
  /** By `resourceKey`; Services and Secrets have none. */
  readonly statuses: ReadonlyMap<string, ResourceStatus>
}

/**
 * Compiles resources into the topology that the data plane works with. Pure; the resources are those of
 * `loadManifests` when it found no error.
 */
export function compile(resources: readonly Resource[], options: CompileOptions = {}): Compilation {
  const directory = directoryOf(resources, options)
  const brokers = new Map<AddressablePath, CompiledBroker>()
  const addressables = new Map<AddressablePath, Addressable & { routes: Route[] }>()
  const routes = new Map<string, Route>()
  const statuses = new Map<string, ResourceStatus>()
  const findings: Finding[] = []
  const edges: Edge[] = []

  for (const resource of resources.filter(isBroker)) {
    const { namespace, name } = resource.metadata
    const path = pathOf(namespace, name)
    const broker = compileBroker(resource, path, directory)
    brokers.set(path, broker)
    const { tokens } = broker
    const addressable = { path, kind: resource.kind, namespace, name, routes: [] }
    addressables.set(path, tokens === undefined ? addressable : { ...addressable, tokens })
    statuses.set(resourceKey(resource), broker.status)
    findings.push(...broker.findings)
    edges.push(...broker.edges)
  }

  const dependency = dependencyCondition(resources, statuses)
  for (const resource of resources.filter(isTrigger)) {
    const path = pathOf(resource.metadata.namespace, resource.spec.broker)
    const broker = brokers.get(path)
    const trigger = compileTrigger(resource, { path, broker, directory, dependency })
    statuses.set(resourceKey(resource), trigger.status)
    findings.push(...trigger.findings)
    if (broker === undefined) continue
    edges.push(...trigger.edges)
    for (const route of trigger.routes) {
      routes.set(route.id, route)
      if (route.role === 'subscriber') addressables.get(path)?.routes.push(route)
    }
  }
  findings.push(...findLoops(edges))
  return { topology: { addressables, routes }, findings, statuses }
}
