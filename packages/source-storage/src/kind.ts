import { cloudFields, feedConditions, type CloudSpec } from '@millrace/source-pubsub'
import type { SourceKind } from '@millrace/source-sdk'
import { eventSource, eventTypes, type EventType } from './to-event.ts'

/** A CloudStorageSource's spec with its defaults. */
export interface CloudStorageSourceSpec extends CloudSpec {
  readonly bucket: string
  /** Types of CloudEvents. */
  readonly eventTypes: readonly EventType[]
  readonly objectNamePrefix?: string
  readonly payloadFormat: 'JSON_API_V1' | 'NONE'
}

/** The condition of what the bucket has. */
export const NOTIFICATION_READY = 'NotificationReady'

export const cloudStorageSourceKind: SourceKind<CloudStorageSourceSpec> = {
  kind: 'CloudStorageSource',
  plural: 'cloudstoragesources',
  apiVersions: ['events.cloud.google.com/v1'],
  spec: {
    properties: {
      bucket: {
        type: 'string',
        pattern: '^[a-z0-9][a-z0-9._-]*$',
        expected: 'the name of a bucket such as acme-photos, without gs://',
      },
      eventTypes: { type: 'array', minItems: 1, items: { type: 'string', enum: eventTypes } },
      objectNamePrefix: { type: 'string' },
      payloadFormat: { type: 'string', enum: ['JSON_API_V1', 'NONE'] },
      ...cloudFields,
    },
    required: ['bucket'],
  },
  conditions: [feedConditions[0], NOTIFICATION_READY, feedConditions[1]],
  withDefaults: (spec) =>
    ({ eventTypes, payloadFormat: 'JSON_API_V1', ...spec }) as unknown as CloudStorageSourceSpec,
  columns: [
    { heading: 'BUCKET', path: 'spec.bucket' },
    { heading: 'TOPIC', path: 'status.topicId' },
  ],
  ceAttributes: ({ spec }) => spec.eventTypes.map((type) => ({ type, source: eventSource(spec.bucket) })),
}
