import { asAttributeText, eventOf } from '@millrace/source-sdk'
import { carriedEvent } from './feed/carried-event.ts'
import type { MessagePlace, PubSubMessage, ToEvent } from './feed/pubsub-message.ts'

export const eventType = 'google.cloud.pubsub.topic.v1.messagePublished'

export function eventSource(topic: string): string {
  return `//pubsub.googleapis.com/${topic}`
}

/** The schema of an event's data, among those that Google publishes. */
export function dataSchema(service: string): string {
  return `https://raw.githubusercontent.com/googleapis/google-cloudevents/master/proto/google/events/cloud/${service}/v1/data.proto`
}

/**
 * A message that is a CloudEvent passes as it is; any other becomes one of the type `messagePublished`. One that
 * says to be an event and is malformed goes the way of the others, with the reason in `millracereason`.
 */
export const toEvent: ToEvent = (message, place) => {
  const carried = carriedEvent(message)
  if (carried.kind === 'event') return { event: carried.event }
  const reason = carried.kind === 'malformed' ? asAttributeText(carried.reason) : undefined
  return { event: messagePublished(message, place, reason) }
}

function messagePublished(message: PubSubMessage, place: MessagePlace, reason: string | undefined) {
  const { id, publishTime, orderingKey } = message
  return eventOf({
    id,
    source: eventSource(place.topic),
    type: eventType,
    attributes: {
      time: publishTime,
      dataschema: dataSchema('pubsub'),
      datacontenttype: 'application/json',
      partitionkey: orderingKey === '' ? undefined : asAttributeText(orderingKey),
      millracereason: reason,
    },
    data: JSON.stringify(publishedData(message, place)),
  })
}

/** MessagePublishedData (google-cloudevents, pubsub/v1), in the order of its fields. */
function publishedData(
  { id, data, attributes, publishTime, orderingKey }: PubSubMessage,
  { subscription }: MessagePlace,
) {
  return {
    subscription,
    message: {
      ...(data.length > 0 && { data: Buffer.from(data).toString('base64') }),
      attributes,
      messageId: id,
      publishTime,
      ...(orderingKey !== '' && { orderingKey }),
    },
  }
}
