import { cloudFields, feedConditions, type CloudSpec } from '@millrace/source-pubsub'
import type { SourceKind } from '@millrace/source-sdk'

/** A CloudAuditLogsSource's spec. */
export interface CloudAuditLogsSourceSpec extends CloudSpec {
  /** Such as `compute.googleapis.com`. */
  readonly serviceName: string
  /** Such as `v1.compute.instances.insert`. */
  readonly methodName: string
  readonly resourceName?: string
}

/** The condition of what routes logs to the topic. */
export const SINK_READY = 'SinkReady'

export const cloudAuditLogsSourceKind: SourceKind<CloudAuditLogsSourceSpec> = {
  kind: 'CloudAuditLogsSource',
  plural: 'cloudauditlogssources',
  apiVersions: ['events.cloud.google.com/v1'],
  spec: {
    properties: {
      serviceName: { type: 'string', minLength: 1 },
      methodName: { type: 'string', minLength: 1 },
      resourceName: { type: 'string' },
      ...cloudFields,
    },
    required: ['serviceName', 'methodName'],
  },
  conditions: [...feedConditions, SINK_READY],
  columns: [
    { heading: 'SERVICE', path: 'spec.serviceName' },
    { heading: 'METHOD', path: 'spec.methodName' },
    { heading: 'TOPIC', path: 'status.topicId' },
  ],
}
