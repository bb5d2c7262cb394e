import { dataSchema } from '@millrace/source-pubsub'
import { eventOf, type CloudEvent } from '@millrace/source-sdk'

export const eventType = 'google.cloud.scheduler.job.v1.executed'

/** The full name of a job. */
export function jobName(projectId: string, location: string, name: string): string {
  return `projects/${projectId}/locations/${location}/jobs/${name}`
}

/** One run of a job, whoever ran it. */
export interface Executed {
  readonly id: string
  /** Its full name. */
  readonly job: string
  /** RFC 3339. */
  readonly time: string
  readonly data: Uint8Array
}

export function toEvent({ id, job, time, data }: Executed): CloudEvent {
  return eventOf({
    id,
    source: `//cloudscheduler.googleapis.com/${job}`,
    type: eventType,
    attributes: { time, dataschema: dataSchema('scheduler'), datacontenttype: 'application/json' },
    // SchedulerJobData, with its field as Knative's source writes it
    data: JSON.stringify({ custom_data: Buffer.from(data).toString('base64') }),
  })
}
