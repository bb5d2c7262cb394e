import type { SourceKind, SourceManifest, SourceReport } from '@millrace/source-sdk'
import { cloudFields, type CloudSpec } from './cloud/cloud-fields.ts'
import { environment } from './cloud/environment.ts'
import { topicField } from './cloud/topic-field.ts'
import { parseGoDuration } from './go-duration.ts'
import { feedConditions } from './feed/read-feed.ts'
import { eventSource, eventType } from './to-event.ts'

/** A CloudPubSubSource's spec with its defaults. */
export interface CloudPubSubSourceSpec extends CloudSpec {
  /** The topic's ID. */
  readonly topic: string
  /** A duration of Go's. */
  readonly ackDeadline: string
  readonly retainAckedMessages: boolean
  /** A duration of Go's. */
  readonly retentionDuration: string
}

const dayMs = 24 * 3_600_000

export const cloudPubSubSourceKind: SourceKind<CloudPubSubSourceSpec> = {
  kind: 'CloudPubSubSource',
  plural: 'cloudpubsubsources',
  apiVersions: ['events.cloud.google.com/v1'],
  spec: {
    properties: {
      topic: topicField,
      ackDeadline: { type: 'string' },
      retainAckedMessages: { type: 'boolean' },
      retentionDuration: { type: 'string' },
      ...cloudFields,
    },
    required: ['topic'],
  },
  conditions: feedConditions,
  validate,
  withDefaults: (spec) =>
    ({
      ackDeadline: '30s',
      retainAckedMessages: false,
      retentionDuration: '168h',
      ...spec,
    }) as unknown as CloudPubSubSourceSpec,
  columns: [
    { heading: 'TOPIC', path: 'spec.topic' },
    { heading: 'SUBSCRIPTION', path: 'status.subscriptionId' },
  ],
  ceAttributes({ spec }) {
    const project = spec.project ?? environment.project
    if (project === undefined) return []
    return [{ type: eventType, source: eventSource(`projects/${project}/topics/${spec.topic}`) }]
  },
}

/** Google's least deadline, which knative-gcp's 0 stands for. */
const leastDeadlineSeconds = 10

/** What the manifest says of the subscription. */
export function subscriptionSettings(spec: CloudPubSubSourceSpec) {
  return {
    ackDeadlineSeconds: Math.max(leastDeadlineSeconds, seconds(spec.ackDeadline)),
    retainAckedMessages: spec.retainAckedMessages,
    retentionSeconds: seconds(spec.retentionDuration),
  }
}

function seconds(text: string): number {
  return Math.round((parseGoDuration(text) ?? 0) / 1_000)
}

/** The bounds of knative-gcp (cloudpubsubsource_validation.go). */
function validate({ spec }: SourceManifest, report: SourceReport): void {
  checkDuration(spec, { path: 'ackDeadline', leastMs: 0, mostMs: 600_000, most: '10m' }, report)
  checkDuration(spec, { path: 'retentionDuration', leastMs: 10_000, mostMs: 7 * dayMs, most: '168h' }, report)
}

function checkDuration(
  spec: Readonly<Record<string, unknown>>,
  bounds: {
    readonly path: string
    readonly leastMs: number
    readonly mostMs: number
    readonly most: string
  },
  report: SourceReport,
): void {
  const { path, leastMs, mostMs, most } = bounds
  const text = spec[path]
  if (typeof text !== 'string') return
  const ms = parseGoDuration(text)
  if (ms === undefined || ms < leastMs || ms > mostMs)
    report({
      path,
      message: `is ${JSON.stringify(text)}, must be a duration such as 30s or 1h30m, from ${leastMs / 1_000}s to ${most}`,
    })
}
