/** API groups whose kinds are ours: one that is not known in them is a mistake, never skipped. */
const groups: readonly string[] = [
  'eventing.knative.dev',
  'messaging.knative.dev',
  'flows.knative.dev',
  'sources.knative.dev',
  'sinks.knative.dev',
  'events.cloud.google.com',
]

export function isOurGroup(group: string): boolean {
  return groups.includes(group) || group === 'millrace.dev' || group.endsWith('.millrace.dev')
}

/** The group of ours that differs from this one by a slip of the pen. */
export function groupMeant(group: string): string | undefined {
  const [first, ...rest] = group.split('.')
  return groups.find((ours) => {
    const [ourFirst, ...ourRest] = ours.split('.')
    return first === ourFirst && rest.join('.').startsWith(ourRest[0] ?? '')
  })
}

/** Kinds of those groups that are known, but that this version does not have. */
export const laterKinds: readonly string[] = [
  'ApiServerSource',
  'AwsSqsSource',
  'CamelSource',
  'CloudAuditLogsSource',
  'CloudBuildSource',
  'CloudSchedulerSource',
  'CloudStorageSource',
  'ContainerSource',
  'EventPolicy',
  'EventTransform',
  'EventType',
  'GitLabSource',
  'IntegrationSink',
  'IntegrationSource',
  'JobSink',
  'KafkaSink',
  'KafkaSource',
  'PubSubSink',
  'RabbitmqSource',
  'RedisStreamSink',
  'RedisStreamSource',
  'RequestReply',
  'SinkBinding',
]

/** Kinds of our groups that only configure what is inert here (a Broker's `spec.config`). */
export const configurationKinds: readonly string[] = ['RabbitmqBrokerConfig']
