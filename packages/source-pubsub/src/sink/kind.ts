import type { SinkKind } from '@millrace/source-sdk'
import { cloudFields, type CloudSpec } from '../cloud/cloud-fields.ts'
import { environment } from '../cloud/environment.ts'
import { topicField } from '../cloud/topic-field.ts'
import { TOPIC_READY } from '../feed/read-feed.ts'

/** A PubSubSink's spec with its defaults. */
export interface PubSubSinkSpec extends CloudSpec {
  /** The topic's ID. */
  readonly topic: string
  readonly contentMode: 'binary' | 'structured'
}

export const pubSubSinkKind: SinkKind<PubSubSinkSpec> = {
  kind: 'PubSubSink',
  plural: 'pubsubsinks',
  apiVersions: ['sinks.millrace.dev/v1alpha1'],
  spec: {
    properties: { topic: topicField, contentMode: { enum: ['binary', 'structured'] }, ...cloudFields },
    required: ['topic'],
  },
  conditions: [TOPIC_READY],
  withDefaults: (spec) => ({ contentMode: 'binary', ...spec }) as unknown as PubSubSinkSpec,
  columns: [
    { heading: 'TOPIC', path: 'spec.topic' },
    { heading: 'PROJECT', path: 'status.projectId' },
    { heading: 'ADDRESS', path: 'status.address.url' },
  ],
  address: ({ topic, project = environment.project ?? '-' }) =>
    `pubsub://pubsub.googleapis.com/projects/${project}/topics/${topic}`,
}
