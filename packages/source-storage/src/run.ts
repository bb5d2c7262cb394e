import {
  environment,
  googleCloud,
  isDenied,
  isMissing,
  MadeUpstream,
  openOwnTopic,
  ownName,
  readFeed,
  refusal,
  removeMade,
  type GoogleCloud,
} from '@millrace/source-pubsub'
import { SourceError, type DeletionContext, type RunContext } from '@millrace/source-sdk'
import { openStorage } from './client.ts'
import { NOTIFICATION_READY, type CloudStorageSourceSpec } from './kind.ts'
import { ensureNotification, notificationTypes, removeNotification } from './notification.ts'
import { toEvent } from './to-event.ts'

const bucketAgainMs = 15_000

/** Has the bucket tell a topic of the source's own, and reads that. */
export async function run(context: RunContext<CloudStorageSourceSpec>): Promise<void> {
  const { status } = context
  const cloud = await googleCloud(context)
  if (cloud.emulated && environment.storageEndpoint === undefined)
    throw SourceError.terminal(
      'there is an emulator of Pub/Sub, and none of Cloud Storage: set GCS_ENDPOINT in the environment of the server',
      { condition: NOTIFICATION_READY, reason: 'NoStorage' },
    )
  const commands = commandsFor(context, cloud)
  const topic = await openOwnTopic(context, cloud, commands)
  const storage = await openStorage(cloud)
  await readFeed(context, {
    cloud,
    topic,
    toEvent,
    subscription: { ackDeadlineSeconds: 30 },
    missingTopic: `the topic of the bucket is not there: run ${commands}`,
    prepare: () => notify(context, cloud, { topic, commands }),
    remove: (made) => removeNotification(storage, made),
    begun: () => status.condition(NOTIFICATION_READY, 'True'),
  })
}

/** Removes the notification, the subscription and the topic that were made. */
export async function onDelete(context: DeletionContext<CloudStorageSourceSpec>): Promise<void> {
  await removeMade(context, async (cloud) => {
    const storage = await openStorage(cloud)
    return (made) => removeNotification(storage, made)
  })
}

/**
 * The notification of the bucket. Where Millrace may not look at it, somebody else may have made it: the topic is
 * read all the same, and the first message shows that it stands.
 */
async function notify(
  { spec, status, checkpoint }: RunContext<CloudStorageSourceSpec>,
  cloud: GoogleCloud,
  { topic, commands }: { readonly topic: string; readonly commands: string },
): Promise<readonly string[]> {
  const full = `projects/${cloud.projectId}/topics/${topic}`
  const made = new MadeUpstream(checkpoint)
  try {
    const name = await ensureNotification(await openStorage(cloud), { topic: full, wanted: spec, made })
    status.condition(NOTIFICATION_READY, 'True')
    return [name]
  } catch (error) {
    const said = refusal(error, {
      cloud,
      doing: `make the notification of the bucket "${spec.bucket}"`,
      role: 'roles/storage.admin',
      instead: commands,
      condition: NOTIFICATION_READY,
      ...(isMissing(error) && {
        missing: {
          reason: 'BucketNotFound',
          message: `there is no bucket "${spec.bucket}": gcloud storage buckets create gs://${spec.bucket} --project=${cloud.projectId}`,
          afterMs: bucketAgainMs,
        },
      }),
    })
    if (!isDenied(error) && !/permission to publish/i.test(said.message)) throw said
    status.condition(NOTIFICATION_READY, 'False', said.reason, said.message)
    return [`buckets/${spec.bucket}`]
  }
}

/** The two commands that make what Millrace may not. */
function commandsFor(
  { spec, namespace, name }: Pick<RunContext<CloudStorageSourceSpec>, 'spec' | 'namespace' | 'name'>,
  { projectId }: GoogleCloud,
): string {
  const topic = ownName({ namespace, name })
  const { objectNamePrefix = '', payloadFormat, bucket } = spec
  const prefix = objectNamePrefix === '' ? '' : ` --object-prefix=${objectNamePrefix}`
  const format = payloadFormat === 'NONE' ? 'none' : 'json'
  return [
    `gcloud pubsub topics create ${topic} --project=${projectId}`,
    `gcloud storage buckets notifications create gs://${bucket} --topic=projects/${projectId}/topics/${topic} --event-types=${notificationTypes(spec).join()} --payload-format=${format}${prefix}`,
  ].join(' and ')
}
