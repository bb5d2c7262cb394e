/** The one apiVersion by which events are sent to each kind of addressable. */
export const addressableVersions: Readonly<Record<string, string>> = {
  Broker: 'eventing.knative.dev/v1',
  Channel: 'messaging.knative.dev/v1',
  InMemoryChannel: 'messaging.knative.dev/v1',
  KafkaChannel: 'messaging.knative.dev/v1beta1',
  KafkaSink: 'eventing.knative.dev/v1alpha1',
  PubSubSink: 'sinks.millrace.dev/v1alpha1',
  Parallel: 'flows.knative.dev/v1',
  Sequence: 'flows.knative.dev/v1',
}
