import type { Made, MadeUpstream } from '@millrace/source-pubsub'
import { SourceError } from '@millrace/source-sdk'
import { JOB_READY } from '../kind.ts'
import type { Job, SchedulerApi } from './scheduler-api.ts'

/** What is made for a source, by its kind. */
const JOB = 'job'

/** Makes Google have this job, which sends to a topic of the source's own. → its name */
export async function ensureJob(api: SchedulerApi, wanted: Job, made: MadeUpstream): Promise<string> {
  const { topicName } = wanted.pubsubTarget
  const entry = { what: JOB, name: wanted.name, of: topicName }
  const known = await api.find(wanted.name)
  if (known === undefined) {
    await made.add(entry)
    await api.create(wanted)
  } else if (known.pubsubTarget?.topicName !== topicName) {
    throw SourceError.retryable(
      `there is a job ${wanted.name} already, which was not made for this source: delete it, or give the source another name`,
      { condition: JOB_READY, reason: 'JobConflict', afterMs: 60_000 },
    )
  } else {
    await made.add(entry)
    if (differs(known, wanted)) await api.update(wanted)
  }
  return wanted.name
}

/** Deletes a job that was made for a source; one that is gone is as good, one of somebody else's stays. */
export async function removeJob(api: SchedulerApi, { what, name, of }: Made): Promise<void> {
  if (what !== JOB) return
  const known = await api.find(name)
  if (known?.pubsubTarget?.topicName === of) await api.delete(name)
}

function differs(known: Job, wanted: Job): boolean {
  return (
    known.schedule !== wanted.schedule ||
    known.timeZone !== wanted.timeZone ||
    (known.pubsubTarget.data ?? '') !== wanted.pubsubTarget.data
  )
}
