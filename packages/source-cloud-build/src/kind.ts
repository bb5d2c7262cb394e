import { cloudFields, feedConditions, type CloudSpec } from '@millrace/source-pubsub'
import type { SourceKind } from '@millrace/source-sdk'

/** A CloudBuildSource's spec with its defaults. */
export interface CloudBuildSourceSpec extends CloudSpec {
  readonly topic: string
}

export const cloudBuildSourceKind: SourceKind<CloudBuildSourceSpec> = {
  kind: 'CloudBuildSource',
  plural: 'cloudbuildsources',
  apiVersions: ['events.cloud.google.com/v1'],
  spec: {
    properties: {
      topic: {
        type: 'string',
        pattern: '^[A-Za-z][A-Za-z0-9._~+%-]*$',
        expected: 'the ID of a topic such as cloud-builds, without its project',
      },
      ...cloudFields,
    },
  },
  conditions: feedConditions,
  withDefaults: (spec) => ({ topic: 'cloud-builds', ...spec }),
  columns: [
    { heading: 'TOPIC', path: 'spec.topic' },
    { heading: 'SUBSCRIPTION', path: 'status.subscriptionId' },
  ],
}
