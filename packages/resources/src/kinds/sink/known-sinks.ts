import type { KnownSource } from '../source/known-sources.ts'

/** Kinds of sinks that Millrace has a package for; as with sources, known by name without it. */
export const knownSinks: readonly KnownSource[] = [
  {
    kind: 'KafkaSink',
    plural: 'kafkasinks',
    shortNames: [],
    apiVersions: ['eventing.knative.dev/v1alpha1'],
    package: '@millrace/source-kafka',
  },
  {
    kind: 'PubSubSink',
    plural: 'pubsubsinks',
    shortNames: [],
    apiVersions: ['sinks.millrace.dev/v1alpha1'],
    package: '@millrace/source-pubsub',
  },
]
