import { googleCloud, openOwnTopic, ownName, readFeed, removeMade } from '@millrace/source-pubsub'
import { defineSource, type RunContext } from '@millrace/source-sdk'
import { cloudAuditLogsSourceKind, SINK_READY, type CloudAuditLogsSourceSpec } from './kind.ts'
import { auditLogEvents } from './to-event.ts'

/** CloudAuditLogsSource (events.cloud.google.com/v1). */
export const source = defineSource<CloudAuditLogsSourceSpec>({
  kind: cloudAuditLogsSourceKind,
  run,
  onDelete: (context) => removeMade(context),
})

/** Reads a topic of the source's own, to which a sink of Cloud Logging that somebody makes routes the entries. */
async function run(context: RunContext<CloudAuditLogsSourceSpec>): Promise<void> {
  const { spec, status, namespace, name } = context
  const cloud = await googleCloud(context)
  const topic = await openOwnTopic(context, cloud)
  await readFeed(context, {
    cloud,
    topic,
    toEvent: auditLogEvents(spec),
    subscription: { ackDeadlineSeconds: 30 },
    async prepare() {
      const commands = sinkCommands(spec, {
        sink: ownName({ namespace, name }),
        project: cloud.projectId,
        topic,
      })
      status.condition(
        SINK_READY,
        'True',
        'Unmanaged',
        `the sink of Cloud Logging is yours to make: ${commands}`,
      )
      return []
    },
  })
}

/** The commands that route the entries to the topic; the second needs the writer that the first one prints. */
function sinkCommands(
  { serviceName, methodName, resourceName = '' }: CloudAuditLogsSourceSpec,
  { sink, project, topic }: { readonly sink: string; readonly project: string; readonly topic: string },
): string {
  const clauses = [
    `protoPayload.serviceName="${serviceName}"`,
    `protoPayload.methodName="${methodName}"`,
    ...(resourceName === '' ? [] : [`protoPayload.resourceName="${resourceName}"`]),
  ]
  return [
    `gcloud logging sinks create ${sink} pubsub.googleapis.com/projects/${project}/topics/${topic} --project=${project} --log-filter='${clauses.join(' AND ')}'`,
    `gcloud pubsub topics add-iam-policy-binding ${topic} --project=${project} --role=roles/pubsub.publisher --member=WRITER_IDENTITY`,
  ].join(' and ')
}
