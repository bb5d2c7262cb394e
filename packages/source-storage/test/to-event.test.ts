import type { PubSubMessage } from '@millrace/source-pubsub'
import { describe, expect, test } from 'vitest'
import { toEvent } from '../src/to-event.ts'

/** As Google documents the attributes of a notification. */
const attributes = {
  notificationConfig: 'projects/_/buckets/acme-photos/notificationConfigs/3',
  eventType: 'OBJECT_FINALIZE',
  payloadFormat: 'JSON_API_V1',
  bucketId: 'acme-photos',
  objectId: 'in/first photo.jpg',
  objectGeneration: '1669048291000000',
  eventTime: '2022-11-21T16:31:31.123456Z',
}
/** Its order and its spaces stay. */
const payload =
  '{ "kind": "storage#object",  "name": "in/first photo.jpg", "bucket": "acme-photos", "size": "17" }'

function message(over: Readonly<Record<string, string>> = {}, data = payload): PubSubMessage {
  const publishTime = '2022-11-21T16:31:32.001Z'
  return {
    id: '6174562379',
    data: Buffer.from(data),
    attributes: { ...attributes, ...over },
    publishTime,
    orderingKey: '',
  }
}

describe('a notification', () => {
  test.each([
    ['OBJECT_FINALIZE', 'google.cloud.storage.object.v1.finalized'],
    ['OBJECT_DELETE', 'google.cloud.storage.object.v1.deleted'],
    ['OBJECT_ARCHIVE', 'google.cloud.storage.object.v1.archived'],
    ['OBJECT_METADATA_UPDATE', 'google.cloud.storage.object.v1.metadataUpdated'],
  ])('%s is %s', (eventType, type) => {
    const made = toEvent(message({ eventType }))
    if (!('event' in made)) throw new Error('there is no event')
    expect({ ...made.event.attributes }).toEqual({
      specversion: '1.0',
      id: '6174562379',
      source: '//storage.googleapis.com/projects/_/buckets/acme-photos',
      type,
      subject: 'objects/in/first photo.jpg',
      time: '2022-11-21T16:31:31.123456Z',
      dataschema:
        'https://raw.githubusercontent.com/googleapis/google-cloudevents/master/proto/google/events/cloud/storage/v1/data.proto',
      datacontenttype: 'application/json',
    })
    expect(Buffer.from(made.event.data ?? []).toString()).toBe(payload)
  })

  test('without a payload is an event without data', () => {
    const made = toEvent(message({ payloadFormat: 'NONE' }, ''))
    if (!('event' in made)) throw new Error('there is no event')
    expect(made.event.data).toBeUndefined()
    expect(made.event.attributes['datacontenttype']).toBeUndefined()
  })

  test.each(['bucketId', 'objectId', 'eventType'])('without %s is none', (name) => {
    expect(toEvent(message({ [name]: '' }))).toEqual({ malformed: expect.stringContaining(name) as string })
  })

  test('of an event that is not known is none', () => {
    expect(toEvent(message({ eventType: 'OBJECT_PAINTED' }))).toEqual({
      malformed: 'its eventType is "OBJECT_PAINTED", which is not known',
    })
  })
})
