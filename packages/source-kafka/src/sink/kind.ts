import type { SinkKind, SourceManifest, SourceReport } from '@millrace/source-sdk'
import { addressSchema, topicSchema } from '../names.ts'

/** A KafkaSink's spec with its defaults. */
export interface KafkaSinkSpec {
  readonly topic: string
  /** `HOST:PORT` each. */
  readonly bootstrapServers: readonly string[]
  readonly contentMode: 'binary' | 'structured'
  /** Of a topic that is made; without it none is. */
  readonly numPartitions?: number
  /** Of a topic that is made; as many as the cluster's default where left out. */
  readonly replicationFactor?: number
  /** None: plain text, and nobody asks who we are. */
  readonly auth?: { readonly secret: { readonly ref: { readonly name: string } } }
}

export const CONNECTION_ESTABLISHED = 'ConnectionEstablished'
export const TOPIC_READY = 'TopicReady'

export const kafkaSinkKind: SinkKind<KafkaSinkSpec> = {
  kind: 'KafkaSink',
  plural: 'kafkasinks',
  apiVersions: ['eventing.knative.dev/v1alpha1'],
  spec: {
    properties: {
      topic: topicSchema,
      bootstrapServers: { type: 'array', minItems: 1, items: addressSchema },
      contentMode: { enum: ['binary', 'structured'] },
      numPartitions: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 },
      replicationFactor: { type: 'integer', minimum: 1, maximum: 2 ** 15 - 1 },
      auth: {
        type: 'object',
        properties: {
          secret: {
            type: 'object',
            properties: {
              ref: {
                type: 'object',
                properties: { name: { type: 'string', minLength: 1 } },
                required: ['name'],
                additionalProperties: false,
              },
            },
            required: ['ref'],
            additionalProperties: false,
          },
        },
        required: ['secret'],
        additionalProperties: false,
      },
    },
    required: ['topic', 'bootstrapServers'],
  },
  conditions: [CONNECTION_ESTABLISHED, TOPIC_READY],
  validate,
  withDefaults: (spec) => ({ contentMode: 'binary', ...spec }) as unknown as KafkaSinkSpec,
  columns: [
    { heading: 'TOPIC', path: 'spec.topic' },
    { heading: 'PARTITIONS', path: 'status.partitions' },
    { heading: 'ADDRESS', path: 'status.address.url' },
  ],
  address: ({ bootstrapServers, topic }) => `kafka://${bootstrapServers.join(',')}/${topic}`,
}

function validate({ spec }: SourceManifest, report: SourceReport): void {
  if (spec['replicationFactor'] === undefined || spec['numPartitions'] !== undefined) return
  const message =
    'stands without numPartitions, and a topic is made only where both say how; leave it out, or add that'
  report({ path: 'replicationFactor', message })
}
