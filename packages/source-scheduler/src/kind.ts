import { parseSchedule, ticksOf } from '@millrace/source-ping'
import { cloudFields, feedConditions, type CloudSpec } from '@millrace/source-pubsub'
import type { SourceKind, SourceManifest, SourceReport } from '@millrace/source-sdk'

/** A CloudSchedulerSource's spec. */
export interface CloudSchedulerSourceSpec extends CloudSpec {
  /** A region of Google's. */
  readonly location: string
  /** By the clocks of UTC. */
  readonly schedule: string
  /** The text that every event carries. */
  readonly data: string
}

export const SCHEDULER = 'millrace.dev/scheduler'
/** The condition of the job. */
export const JOB_READY = 'JobReady'

export const cloudSchedulerSourceKind: SourceKind<CloudSchedulerSourceSpec> = {
  kind: 'CloudSchedulerSource',
  plural: 'cloudschedulersources',
  apiVersions: ['events.cloud.google.com/v1'],
  spec: {
    properties: {
      location: {
        type: 'string',
        pattern: '^[a-z][a-z0-9-]*$',
        expected: 'a location of Google Cloud such as europe-west1',
      },
      schedule: { type: 'string' },
      data: { type: 'string' },
      ...cloudFields,
    },
    required: ['location', 'schedule', 'data'],
  },
  conditions: [feedConditions[0], feedConditions[1], JOB_READY],
  validate,
  // data is an event's: what looks like a variable in it is data
  verbatim: (path) => path === 'data',
  columns: [
    { heading: 'SCHEDULE', path: 'spec.schedule' },
    { heading: 'LAST', path: 'status.lastScheduleTime' },
    { heading: 'NEXT', path: 'status.nextScheduleTime' },
  ],
}

function validate({ spec: { schedule } }: SourceManifest, report: SourceReport): void {
  if (typeof schedule !== 'string') return
  const parsed = parseSchedule(schedule)
  if (parsed.kind === 'problem') report({ path: 'schedule', message: parsed.problem })
  else if (ticksOf(schedule, 'UTC').after(Date.UTC(2000, 0)) === undefined) {
    const message = `is ${JSON.stringify(schedule)}, a time that never comes`
    report({ severity: 'warning', path: 'schedule', message })
  }
}
