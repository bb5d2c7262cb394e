import { fireTicks, tickText, ticksOf } from '@millrace/source-ping'
import { environment } from '@millrace/source-pubsub'
import { uuidOf, type RunContext } from '@millrace/source-sdk'
import { cloudSchedulerSourceKind, type CloudSchedulerSourceSpec } from './kind.ts'
import { jobName, toEvent } from './to-event.ts'

/** As in the names of Cloud Storage: whichever project. */
const anyProject = '_'

/** Fires by our own clock what Google's job would: the same events, and nothing is asked of Google. */
export async function runEmbedded(context: RunContext<CloudSchedulerSourceSpec>): Promise<void> {
  const { spec, status, namespace, name } = context
  const job = jobName(spec.project ?? environment.project ?? anyProject, spec.location, name)
  const why = 'the schedule runs inside Millrace'
  for (const type of cloudSchedulerSourceKind.conditions) status.condition(type, 'True', 'Embedded', why)
  status.set({ jobName: job })
  await fireTicks(context, {
    ticks: ticksOf(spec.schedule, 'UTC'),
    // as the messages of Google's job, which wait in the subscription
    missed: 'all',
    eventOf: (tick) =>
      toEvent({
        id: uuidOf('scheduler', namespace, name, tickText(tick)),
        job,
        time: tickText(tick),
        data: Buffer.from(spec.data),
      }),
  })
}
