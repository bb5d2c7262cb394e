import type { Storage } from '@google-cloud/storage'
import { isMissing, type Made, type MadeUpstream } from '@millrace/source-pubsub'
import type { CloudStorageSourceSpec } from './kind.ts'
import { typeOfNotification } from './to-event.ts'

type Wanted = Pick<CloudStorageSourceSpec, 'bucket' | 'eventTypes' | 'objectNamePrefix' | 'payloadFormat'>

/** What is made for a source, by its kind. */
const NOTIFICATION = 'notification'

/** What Cloud Storage says of a notification (REST, "Notifications"). */
interface Known {
  readonly topic?: string
  readonly event_types?: readonly string[]
  readonly object_name_prefix?: string
  readonly payload_format?: string
}

/** Cloud Storage's names of the wanted events. */
export function notificationTypes({ eventTypes }: Pick<Wanted, 'eventTypes'>): string[] {
  return Object.entries(typeOfNotification).flatMap(([name, type]) =>
    eventTypes.includes(type) ? [name] : [],
  )
}

/** Makes the bucket have exactly one notification to a topic, as wanted. → its name among what was made */
export async function ensureNotification(
  storage: Storage,
  { topic, wanted, made }: { readonly topic: string; readonly wanted: Wanted; readonly made: MadeUpstream },
): Promise<string> {
  const bucket = storage.bucket(wanted.bucket)
  const entry = { what: NOTIFICATION, name: `buckets/${wanted.bucket}`, of: topic }
  const ours = await notificationsTo(storage, wanted.bucket, topic)
  const right = ours.find(({ metadata }) => isAsWanted(metadata, wanted))
  if (right !== undefined) {
    // what tells our own topic is for nobody else
    if ((await made.all()).some(({ name }) => name === topic)) await made.add(entry)
    for (const other of ours) if (other !== right) await other.delete()
    return entry.name
  }
  await made.add(entry)
  for (const other of ours) await other.delete()
  const { objectNamePrefix = '', payloadFormat } = wanted
  await bucket.createNotification(topic, {
    eventTypes: notificationTypes(wanted),
    payloadFormat,
    ...(objectNamePrefix !== '' && { objectNamePrefix }),
  })
  return entry.name
}

function isAsWanted(known: Known | undefined, wanted: Wanted): boolean {
  return (
    (known?.event_types ?? []).toSorted().join() === notificationTypes(wanted).toSorted().join() &&
    (known?.object_name_prefix ?? '') === (wanted.objectNamePrefix ?? '') &&
    known?.payload_format === wanted.payloadFormat
  )
}

/** Removes the notifications that were made for a source; what is gone already is as good. */
export async function removeNotification(storage: Storage, { what, name, of = '' }: Made): Promise<void> {
  if (what !== NOTIFICATION) return
  try {
    for (const each of await notificationsTo(storage, name.replace('buckets/', ''), of)) await each.delete()
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

async function notificationsTo(storage: Storage, bucket: string, topic: string) {
  const [all] = await storage.bucket(bucket).getNotifications()
  return all.filter(({ metadata }) => (metadata as Known | undefined)?.topic?.endsWith(topic) === true)
}
