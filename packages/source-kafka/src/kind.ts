import {
  secretKeySelectorSchema,
  uuidOf,
  type SecretKeySelector,
  type SourceKind,
  type SourceManifest,
  type SourceReport,
} from '@millrace/source-sdk'
import { addressSchema, topicSchema } from './names.ts'
import { eventSource, plainType } from './record/plain-record.ts'
import { keyTypes, KEY_TYPE } from './record/record-key.ts'

/** A KafkaSource's spec with its defaults. */
export interface KafkaSourceSpec {
  /** `HOST:PORT` each. */
  readonly bootstrapServers: readonly string[]
  readonly topics: readonly string[]
  /** None: it is made of namespace and name (`groupOf`). */
  readonly consumerGroup?: string
  /** Members of the group in each process; 0: it is stopped. */
  readonly consumers: number
  /** Where a group begins that has no position yet. */
  readonly initialOffset: 'earliest' | 'latest'
  readonly ordering: 'ordered' | 'unordered'
  readonly net?: {
    readonly sasl?: {
      readonly enable?: boolean
      readonly user?: SecretKeySelector
      readonly password?: SecretKeySelector
      readonly type?: SecretKeySelector
    }
    readonly tls?: {
      readonly enable?: boolean
      readonly cert?: SecretKeySelector
      readonly key?: SecretKeySelector
      readonly caCert?: SecretKeySelector
    }
  }
}

export const CONNECTION_ESTABLISHED = 'ConnectionEstablished'

function net(properties: readonly string[]): object {
  const selectors = properties.map((name) => [name, secretKeySelectorSchema] as const)
  return {
    type: 'object',
    properties: { enable: { type: 'boolean' }, ...Object.fromEntries(selectors) },
    additionalProperties: false,
  }
}

export const kafkaSourceKind: SourceKind<KafkaSourceSpec> = {
  kind: 'KafkaSource',
  plural: 'kafkasources',
  apiVersions: ['sources.knative.dev/v1', 'sources.knative.dev/v1beta1'],
  spec: {
    properties: {
      bootstrapServers: { type: 'array', minItems: 1, items: addressSchema },
      topics: { type: 'array', minItems: 1, items: topicSchema },
      consumerGroup: { type: 'string', minLength: 1 },
      consumers: { type: 'integer', minimum: 0, maximum: 100 },
      initialOffset: { enum: ['earliest', 'latest'] },
      ordering: { enum: ['ordered', 'unordered'] },
      net: {
        type: 'object',
        properties: { sasl: net(['user', 'password', 'type']), tls: net(['cert', 'key', 'caCert']) },
        additionalProperties: false,
      },
    },
    required: ['bootstrapServers', 'topics'],
  },
  conditions: [CONNECTION_ESTABLISHED],
  hasDelivery: true,
  labels: [KEY_TYPE],
  isOrdered: ({ ordering }) => ordering === 'ordered',
  validate,
  withDefaults: (spec) =>
    ({ consumers: 1, initialOffset: 'latest', ordering: 'ordered', ...spec }) as unknown as KafkaSourceSpec,
  columns: [
    { heading: 'TOPICS', path: 'spec.topics' },
    { heading: 'GROUP', path: 'status.consumerGroup' },
    { heading: 'PARTITIONS', path: 'status.partitions' },
    { heading: 'LAG', path: 'status.lag' },
    { heading: 'LAST ERROR', path: 'status.lastFailure' },
  ],
  ceAttributes: ({ namespace, name, spec: { topics } }) =>
    topics.map((each) => ({ type: plainType, source: eventSource({ namespace, name }, each) })),
}

/** The group of a source that names none: the same for ever. */
export function groupOf(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { consumerGroup }: Pick<KafkaSourceSpec, 'consumerGroup'>,
): string {
  return consumerGroup ?? `knative-kafka-source-${uuidOf(namespace, name)}`
}

function validate({ spec, labels }: SourceManifest, report: SourceReport): void {
  const keyType = labels[KEY_TYPE]
  if (keyType !== undefined && !keyTypes.some((known) => known === keyType)) {
    const message = `is ${JSON.stringify(keyType)}, must be ${keyTypes.join(', ')}`
    report({ path: KEY_TYPE, of: 'labels', message })
  }
  const { topics, net: { sasl, tls } = {} } = spec as Partial<KafkaSourceSpec>
  if (Array.isArray(topics) && new Set(topics).size < topics.length)
    report({ path: 'topics', message: 'names a topic twice' })
  if (sasl?.enable === true)
    for (const field of ['user', 'password'] as const)
      if (sasl[field] === undefined)
        report({ path: `net.sasl.${field}`, message: 'is missing, it must name a key of a Secret' })
  if (tls?.enable === true && (tls.cert === undefined) !== (tls.key === undefined)) {
    const missing = tls.cert === undefined ? 'cert' : 'key'
    report({ path: `net.tls.${missing}`, message: 'is missing, cert and key belong together' })
  }
}
