import { defineSource, type DeletionContext, type RunContext } from '@millrace/source-sdk'
import { cloudSchedulerSourceKind, SCHEDULER, type CloudSchedulerSourceSpec } from './kind.ts'
import { removeJobs, runJob } from './job/run-job.ts'
import { runEmbedded } from './run-embedded.ts'

/** CloudSchedulerSource (events.cloud.google.com/v1): a job of Google's, or the same schedule on our own clock. */
export const source = defineSource<CloudSchedulerSourceSpec>({
  kind: cloudSchedulerSourceKind,
  singleton: true,
  run: (context) => (isEmbedded(context) ? runEmbedded(context) : runJob(context)),
  onDelete: (context) => removeJobs(context),
})

function isEmbedded({
  annotations,
}: Pick<RunContext<object> | DeletionContext<object>, 'annotations'>): boolean {
  return annotations[SCHEDULER] === 'embedded'
}
