import type { Resolution } from '../../compile/resolve-destination.ts'
import type { Condition, ObjectReference, Resource, ResourceStatus } from '../../resource.ts'
import { holds, withReady } from '../conditions.ts'
import { deadLetterSinkResolved } from '../dead-letter-sink.status.ts'
import { eventPoliciesReady } from '../oidc.status.ts'
import { mapAt, textAt } from '../shape.ts'
import type { ChannelSpec } from './channel.schema.ts'

export interface ChannelFindings {
  readonly url: string
  readonly deadLetterSink: Resolution | undefined
}

/** Conditions as Knative's channel of that kind; what is one process here is ready. */
export function channelStatus(
  resource: Resource<ChannelSpec>,
  { url, deadLetterSink }: ChannelFindings,
): ResourceStatus {
  return {
    conditions: withReady([
      ...(ownConditions[resource.kind] ?? []),
      holds('Addressable'),
      deadLetterSinkResolved(deadLetterSink),
      eventPoliciesReady,
    ]),
    address: { name: 'http', url },
    ...(resource.kind === 'Channel' && { channel: backingChannel(resource) }),
    ...(deadLetterSink?.kind === 'resolved' && { deadLetterSinkUri: deadLetterSink.uri }),
  }
}

const clusterParts = ['DispatcherReady', 'ServiceReady', 'EndpointsReady', 'ChannelServiceReady'] as const

const ownConditions: Readonly<Record<string, readonly Condition[]>> = {
  Channel: [holds('BackingChannelReady')],
  InMemoryChannel: clusterParts.map((type) =>
    type === 'DispatcherReady'
      ? holds(type, 'Durable', 'Events are stored before they are acknowledged, as in every channel here.')
      : holds(type),
  ),
  KafkaChannel: [
    holds('TopicReady', 'NoTopic', 'There is no Kafka behind it: events are in the store of Millrace.'),
    holds('ConfigurationReady'),
    ...clusterParts.map((type) => holds(type)),
  ],
}

/** In Knative a Channel is a name for another of the kind that its template says. */
function backingChannel({ metadata, spec }: Resource<ChannelSpec>): ObjectReference {
  const template = mapAt(spec, 'channelTemplate')
  const { namespace, name } = metadata
  return {
    apiVersion: textAt(template, 'apiVersion') ?? '',
    kind: textAt(template, 'kind') ?? '',
    namespace,
    name,
  }
}
