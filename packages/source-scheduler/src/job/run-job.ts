import {
  environment,
  googleCloud,
  openOwnTopic,
  readFeed,
  refusal,
  removeMade,
  MadeUpstream,
  type GoogleCloud,
} from '@millrace/source-pubsub'
import { SourceError, type DeletionContext, type RunContext } from '@millrace/source-sdk'
import { JOB_READY, SCHEDULER, type CloudSchedulerSourceSpec } from '../kind.ts'
import { jobName, toEvent } from '../to-event.ts'
import { ensureJob, removeJob } from './ensure-job.ts'
import { SchedulerApi } from './scheduler-api.ts'

/** Has a job of Cloud Scheduler send to a topic of the source's own, and reads that. */
export async function runJob(context: RunContext<CloudSchedulerSourceSpec>): Promise<void> {
  const { spec, http, name } = context
  const cloud = await googleCloud(context)
  if (cloud.emulated && environment.schedulerEndpoint === undefined)
    throw SourceError.terminal(
      `there is an emulator of Pub/Sub, and none of Cloud Scheduler: with ${SCHEDULER}: embedded the schedule runs inside Millrace`,
      { condition: JOB_READY, reason: 'NoScheduler' },
    )
  const api = new SchedulerApi(http, cloud)
  const job = jobName(cloud.projectId, spec.location, name)
  const topic = await openOwnTopic(context, cloud)
  await readFeed(context, {
    cloud,
    topic,
    toEvent: ({ id, data, publishTime }) => ({ event: toEvent({ id, job, time: publishTime, data }) }),
    subscription: { ackDeadlineSeconds: 30 },
    prepare: () => openJob(context, cloud, { api, job, topic }),
    remove: (made) => removeJob(api, made),
  })
}

/** Removes the job, the subscription and the topic that were made. */
export async function removeJobs(context: DeletionContext<CloudSchedulerSourceSpec>): Promise<void> {
  await removeMade(context, (cloud) => {
    const api = new SchedulerApi(context.http, cloud)
    return (made) => removeJob(api, made)
  })
}

async function openJob(
  { spec, status, checkpoint }: RunContext<CloudSchedulerSourceSpec>,
  cloud: GoogleCloud,
  { api, job, topic }: { readonly api: SchedulerApi; readonly job: string; readonly topic: string },
): Promise<readonly string[]> {
  const topicName = `projects/${cloud.projectId}/topics/${topic}`
  const data = Buffer.from(spec.data).toString('base64')
  const wanted = {
    name: job,
    schedule: spec.schedule,
    timeZone: 'Etc/UTC',
    pubsubTarget: { topicName, data },
  }
  try {
    await ensureJob(api, wanted, new MadeUpstream(checkpoint))
  } catch (error) {
    throw refusal(error, {
      cloud,
      doing: `keep the job "${job}"`,
      role: 'roles/cloudscheduler.admin',
      condition: JOB_READY,
    })
  }
  status.set({ jobName: job })
  status.condition(JOB_READY, 'True')
  return [job]
}
