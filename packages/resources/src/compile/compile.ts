import type { Addressable, AddressablePath, Topology } from '@millrace/core'
import type { Finding } from '../finding.ts'
import { isBroker } from '../kinds/broker/broker.schema.ts'
import { isChannel } from '../kinds/channel/channel.schema.ts'
import { isParallel } from '../kinds/parallel/parallel.schema.ts'
import { isSequence } from '../kinds/sequence/sequence.schema.ts'
import { isSink } from '../kinds/sink/sink.schema.ts'
import { isSource } from '../kinds/source/source.schema.ts'
import { isSubscription } from '../kinds/subscription/subscription.schema.ts'
import { channelSubscriber } from '../kinds/subscription/subscription.status.ts'
import { isTrigger } from '../kinds/trigger/trigger.schema.ts'
import { resourceKey } from '../resource.ts'
import type { ChannelSubscriber, Resource, ResourceStatus } from '../resource.ts'
import { compileBroker } from './compile-broker.ts'
import type { CompiledBroker } from './compile-broker.ts'
import { compileChannel } from './compile-channel.ts'
import { compileParallel } from './compile-parallel.ts'
import { compileSequence } from './compile-sequence.ts'
import { compileSink } from './compile-sink.ts'
import { compileSource } from './compile-source.ts'
import { compileSubscription } from './compile-subscription.ts'
import { compileTrigger } from './compile-trigger.ts'
import type { Compiled, Inherited } from './compiled.ts'
import { dependencyCondition } from './dependencies.ts'
import { directoryOf, pathOf } from './directory.ts'
import type { CompileOptions } from './directory.ts'
import { Draft } from './draft.ts'
import { acceptanceOf } from './flow-control.ts'
import { findLoops } from './loops.ts'
import { findUnread } from './unread.ts'

export interface Compilation {
  readonly topology: Topology
  /**
   * Warnings: dangling references, loops, what nothing reads, filters that never match or that Knative
   * reads otherwise.
   */
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
  const draft = new Draft()
  const brokers = new Map<AddressablePath, CompiledBroker>()
  const channels = new Map<AddressablePath, Compiled & Inherited>()

  for (const resource of resources.filter(isBroker)) {
    const addressable = addressableOf(resource)
    const broker = compileBroker(resource, addressable.path, directory)
    const { tokens } = broker
    brokers.set(addressable.path, broker)
    draft.add(resource, broker)
    draft.addAddressable(tokens === undefined ? addressable : { ...addressable, tokens })
  }
  for (const resource of resources.filter(isChannel)) {
    const addressable = addressableOf(resource)
    const channel = compileChannel(resource, addressable.path, directory)
    channels.set(addressable.path, channel)
    draft.add(resource, channel)
    draft.addAddressable(addressable)
  }
  const subscribers = new Map<string, ChannelSubscriber[]>()
  for (const resource of resources.filter(isSubscription)) {
    const { kind, name } = resource.spec.channel
    const path = pathOf(resource.metadata.namespace, name)
    const channel = directory.addressables.get(path) === kind ? channels.get(path) : undefined
    const subscription = compileSubscription(resource, channel, directory)
    draft.add(resource, subscription)
    if (channel === undefined) continue
    draft.addRoutes(subscription.routes)
    const key = resourceKey({ kind, metadata: { ...resource.metadata, name } })
    const known = subscribers.get(key)
    if (known === undefined) subscribers.set(key, [channelSubscriber(resource, subscription.status)])
    else known.push(channelSubscriber(resource, subscription.status))
  }
  for (const [key, all] of subscribers) draft.addSubscribers(key, all)

  for (const resource of resources) {
    const flow = isSequence(resource)
      ? compileSequence(resource, directory)
      : isParallel(resource)
        ? compileParallel(resource, directory)
        : isSource(resource)
          ? compileSource(resource, directory)
          : isSink(resource)
            ? compileSink(resource, directory)
            : undefined
    if (flow === undefined) continue
    draft.add(resource, flow)
    draft.addFlow(flow)
  }

  // last, because a trigger may depend on anything
  const dependency = dependencyCondition(resources, draft.statuses)
  for (const resource of resources.filter(isTrigger)) {
    const path = pathOf(resource.metadata.namespace, resource.spec.broker)
    const broker = brokers.get(path)
    const trigger = compileTrigger(resource, { path, broker, directory, dependency })
    draft.add(resource, trigger)
    if (broker !== undefined) draft.addRoutes(trigger.routes)
  }
  const { topology, findings, statuses, edges } = draft
  return {
    topology,
    findings: [...findings, ...findLoops(edges), ...findUnread(resources, topology)],
    statuses,
  }
}

function addressableOf({ kind, metadata: { namespace, name, annotations } }: Resource): Addressable {
  return { path: pathOf(namespace, name), kind, namespace, name, routes: [], ...acceptanceOf(annotations) }
}
