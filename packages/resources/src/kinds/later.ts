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
  'AwsSqsSource',
  'CamelSource',
  'EventPolicy',
  'EventTransform',
  'GitLabSource',
  'IntegrationSink',
  'IntegrationSource',
  'JobSink',
  'RabbitmqSource',
  'RedisStreamSink',
  'RedisStreamSource',
  'RequestReply',
]

/** Kinds of our groups that only configure what is inert here (a Broker's `spec.config`). */
export const configurationKinds: readonly string[] = ['RabbitmqBrokerConfig']

/**
 * Kinds that have a meaning in a Kubernetes cluster alone, with what to do instead: a folder that has them
 * starts all the same, and is warned of them.
 */
export const clusterKinds: Readonly<Record<string, string>> = {
  ApiServerSource: 'there is no Kubernetes API to watch',
  ContainerSource:
    'Millrace starts no containers; start it yourself, with the URL of its sink in K_SINK (such as http://127.0.0.1:8080/default/default)',
  EventType: 'it describes events, and nothing follows from it',
  SinkBinding:
    'Millrace starts no programs; give yours the URL of the sink in K_SINK yourself (such as http://127.0.0.1:8080/default/default)',
}
