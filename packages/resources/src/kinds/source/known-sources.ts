/** A kind of sources that Millrace has a package for. */
export interface KnownSource {
  readonly kind: string
  readonly plural: string
  readonly shortNames: readonly string[]
  /** The first is the one to write. */
  readonly apiVersions: readonly [string, ...string[]]
  readonly package: string
}

/** Known by name without their packages, which are loaded when a manifest asks for one. */
export const knownSources: readonly KnownSource[] = [
  {
    kind: 'PingSource',
    plural: 'pingsources',
    shortNames: [],
    apiVersions: ['sources.knative.dev/v1', 'sources.knative.dev/v1beta2'],
    package: '@millrace/source-ping',
  },
  {
    kind: 'GitHubSource',
    plural: 'githubsources',
    shortNames: [],
    apiVersions: ['sources.knative.dev/v1alpha1'],
    package: '@millrace/source-github',
  },
  {
    kind: 'WebhookSource',
    plural: 'webhooksources',
    shortNames: [],
    apiVersions: ['sources.millrace.dev/v1alpha1'],
    package: '@millrace/source-webhook',
  },
  {
    kind: 'KafkaSource',
    plural: 'kafkasources',
    shortNames: [],
    apiVersions: ['sources.knative.dev/v1', 'sources.knative.dev/v1beta1'],
    package: '@millrace/source-kafka',
  },
  {
    kind: 'CloudPubSubSource',
    plural: 'cloudpubsubsources',
    shortNames: [],
    apiVersions: ['events.cloud.google.com/v1'],
    package: '@millrace/source-pubsub',
  },
  {
    kind: 'CloudStorageSource',
    plural: 'cloudstoragesources',
    shortNames: [],
    apiVersions: ['events.cloud.google.com/v1'],
    package: '@millrace/source-storage',
  },
  {
    kind: 'CloudSchedulerSource',
    plural: 'cloudschedulersources',
    shortNames: [],
    apiVersions: ['events.cloud.google.com/v1'],
    package: '@millrace/source-scheduler',
  },
  {
    kind: 'CloudAuditLogsSource',
    plural: 'cloudauditlogssources',
    shortNames: [],
    apiVersions: ['events.cloud.google.com/v1'],
    package: '@millrace/source-audit-logs',
  },
  {
    kind: 'CloudBuildSource',
    plural: 'cloudbuildsources',
    shortNames: [],
    apiVersions: ['events.cloud.google.com/v1'],
    package: '@millrace/source-cloud-build',
  },
]
