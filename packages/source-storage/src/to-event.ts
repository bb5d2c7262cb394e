import { dataSchema, type FromMessage, type PubSubMessage } from '@millrace/source-pubsub'
import { asAttributeText, eventOf } from '@millrace/source-sdk'

const type = (what: string) => `google.cloud.storage.object.v1.${what}`

/** Cloud Storage's names of what happens, and the types of their events. */
export const typeOfNotification = {
  OBJECT_FINALIZE: type('finalized'),
  OBJECT_DELETE: type('deleted'),
  OBJECT_ARCHIVE: type('archived'),
  OBJECT_METADATA_UPDATE: type('metadataUpdated'),
} as const

export type EventType = (typeof typeOfNotification)[keyof typeof typeOfNotification]
export const eventTypes: readonly EventType[] = Object.values(typeOfNotification)

export function eventSource(bucket: string): string {
  return `//storage.googleapis.com/projects/_/buckets/${bucket}`
}

/** A notification of a bucket (Cloud Storage, "Pub/Sub notifications: attributes"); the data are its payload as it came. */
export function toEvent({ id, attributes, data, publishTime }: PubSubMessage): FromMessage {
  const { bucketId, objectId, eventType, eventTime } = attributes
  const [missing] = Object.entries({ bucketId, objectId, eventType }).find(([, value]) => !value) ?? []
  if (bucketId === undefined || objectId === undefined || missing !== undefined)
    return { malformed: `the attribute ${missing} is missing, so it is no notification of a bucket` }
  const known = Object.entries(typeOfNotification).find(([name]) => name === eventType)
  if (known === undefined)
    return { malformed: `its eventType is ${JSON.stringify(eventType)}, which is not known` }
  const described = { dataschema: dataSchema('storage'), datacontenttype: 'application/json' }
  return {
    event: eventOf({
      id,
      source: eventSource(bucketId),
      type: known[1],
      attributes: {
        subject: asAttributeText(`objects/${objectId}`),
        time: isTime(eventTime) ? eventTime : publishTime,
        ...(data.length > 0 && described),
      },
      ...(data.length > 0 && { data }),
    }),
  }
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))
}
