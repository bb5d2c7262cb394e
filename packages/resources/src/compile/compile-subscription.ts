import { resolvePolicy } from '@millrace/core'
import { readyOf } from '../kinds/conditions.ts'
import type { SubscriptionSpec } from '../kinds/subscription/subscription.schema.ts'
import { subscriptionStatus } from '../kinds/subscription/subscription.status.ts'
import { nearest } from '../nearest.ts'
import type { Resource } from '../resource.ts'
import type { Compiled, CompiledReader, Inherited } from './compiled.ts'
import { pathOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { Links } from './links.ts'
import { notFound } from './resolve-destination.ts'
import { everything, routesOf } from './routes-of.ts'
import { warnOfUnused } from './unused-annotations.ts'

/** A Subscription; `channel` is none where there is no channel of that name and kind. */
export function compileSubscription(
  resource: Resource<SubscriptionSpec>,
  channel: (Compiled & Inherited) | undefined,
  directory: Directory,
): CompiledReader {
  const { kind, metadata, spec } = resource
  const path = pathOf(metadata.namespace, spec.channel.name)
  const links = new Links(resource, directory)
  const missing = channel === undefined ? noChannel(resource, directory) : undefined
  if (missing !== undefined) links.warn('spec.channel', missing)
  const subscriber = links.resolve(spec.subscriber, path, 'spec.subscriber')
  const reply = links.resolve(spec.reply, path, 'spec.reply')
  warnOfUnused(metadata.annotations, subscriber ?? reply, links)
  links.answering(subscriber, reply, 'spec.subscriber')
  // As for triggers: the channel's sink holds where the subscription's own delivery names none.
  const own = links.resolve(spec.delivery?.deadLetterSink, path, 'spec.delivery.deadLetterSink')
  const deadLetterSink = own ?? channel?.deadLetterSink
  return {
    routes: routesOf({
      addressable: path,
      kind,
      metadata,
      filter: everything,
      subscriber,
      reply,
      deadLetterSink,
      policy: resolvePolicy(spec.delivery, channel?.delivery, metadata.annotations),
    }),
    status: subscriptionStatus({
      missing,
      channelReady: channel === undefined ? undefined : readyOf(channel.status.conditions),
      subscriber,
      reply,
      deadLetterSink,
    }),
    findings: links.findings,
    edges: channel === undefined ? [] : links.edges,
  }
}

function noChannel({ spec, metadata }: Resource<SubscriptionSpec>, { addressables }: Directory): string {
  const { namespace } = metadata
  const { kind, name } = spec.channel
  const other = addressables.get(pathOf(namespace, name))
  if (other !== undefined) return `${notFound(spec.channel)}${name} is of kind ${other}; write that kind`
  const prefix = `/${namespace}/`
  const names = [...addressables].flatMap(([path, of]) =>
    of === kind && path.startsWith(prefix) ? [path.slice(prefix.length)] : [],
  )
  const near = nearest(name, names)
  const todo = near === undefined ? `declare it in namespace ${namespace}` : `did you mean "${near}"?`
  return `${notFound(spec.channel)}${todo}`
}
