import { describe, expect, test } from 'vitest'
import type { PubSubMessage } from '../src/feed/pubsub-message.ts'
import { toEvent } from '../src/to-event.ts'

const place = {
  projectId: 'acme',
  topic: 'projects/acme/topics/orders',
  subscription: 'projects/acme/subscriptions/millrace-default-orders',
}
const schema =
  'https://raw.githubusercontent.com/googleapis/google-cloudevents/master/proto/google/events/cloud/pubsub/v1/data.proto'

/** Of Google's documentation of the message (PubsubMessage). */
function message(over: Partial<PubSubMessage> = {}): PubSubMessage {
  return {
    id: '2070443601311540',
    data: Buffer.from('Hello Cloud Pub/Sub! Here is my message!'),
    attributes: {},
    publishTime: '2021-02-26T19:13:55.749Z',
    orderingKey: '',
    ...over,
  }
}

function read(over: Partial<PubSubMessage>): { attributes: object; data: string } {
  const made = toEvent(message(over), place)
  if (!('event' in made)) throw new Error('there is no event')
  const { attributes, data } = made.event
  return { attributes: { ...attributes }, data: Buffer.from(data ?? []).toString() }
}

describe('a message that is no CloudEvent', () => {
  test('is a messagePublished, whose data is the message', () => {
    const { attributes, data } = read({ attributes: { kind: 'greeting', 'with-hyphen': '1' } })
    expect(attributes).toEqual({
      specversion: '1.0',
      id: '2070443601311540',
      source: '//pubsub.googleapis.com/projects/acme/topics/orders',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      time: '2021-02-26T19:13:55.749Z',
      dataschema: schema,
      datacontenttype: 'application/json',
    })
    expect(JSON.parse(data)).toEqual({
      subscription: 'projects/acme/subscriptions/millrace-default-orders',
      message: {
        messageId: '2070443601311540',
        data: 'SGVsbG8gQ2xvdWQgUHViL1N1YiEgSGVyZSBpcyBteSBtZXNzYWdlIQ==',
        attributes: { kind: 'greeting', 'with-hyphen': '1' },
        publishTime: '2021-02-26T19:13:55.749Z',
      },
    })
  })

  test('has no data where the message has none, and its ordering key as partitionkey', () => {
    const { attributes, data } = read({ data: Buffer.alloc(0), orderingKey: 'shop-7' })
    expect(attributes).toMatchObject({ partitionkey: 'shop-7' })
    expect(JSON.parse(data)).toEqual({
      subscription: 'projects/acme/subscriptions/millrace-default-orders',
      message: {
        messageId: '2070443601311540',
        attributes: {},
        publishTime: '2021-02-26T19:13:55.749Z',
        orderingKey: 'shop-7',
      },
    })
  })
})

const binary = {
  'ce-specversion': '1.0',
  'ce-id': 'a-1',
  'ce-source': '/shop',
  'ce-type': 'com.acme.order',
  'ce-subject': 'fünf %41',
  'ce-partitionkey': 'own',
  other: 'is no attribute of the event',
}

describe('a message that is a CloudEvent', () => {
  test.each(['Content-Type', 'content-type'])('passes in binary mode, with its %s', (name) => {
    const { attributes, data } = read({
      attributes: { ...binary, [name]: 'text/plain' },
      orderingKey: 'shop-7',
    })
    expect(attributes).toEqual({
      specversion: '1.0',
      id: 'a-1',
      source: '/shop',
      type: 'com.acme.order',
      subject: 'fünf %41',
      partitionkey: 'own',
      datacontenttype: 'text/plain',
    })
    expect(data).toBe('Hello Cloud Pub/Sub! Here is my message!')
  })

  test('passes in structured mode, with the ordering key where it has no partitionkey', () => {
    const event = { specversion: '1.0', id: 'a-2', source: '/shop', type: 'com.acme.order', data: { n: 1 } }
    const { attributes, data } = read({
      attributes: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      data: Buffer.from(JSON.stringify(event)),
      orderingKey: 'shop-7',
    })
    expect(attributes).toMatchObject({ id: 'a-2', type: 'com.acme.order', partitionkey: 'shop-7' })
    expect(data).toBe('{"n":1}')
  })

  test.each([
    ['binary', { ...binary, 'ce-id': '' }, 'x'],
    ['structured', { 'Content-Type': 'application/cloudevents+json' }, '{"specversion":"1.0"}'],
  ])('and is malformed in %s mode goes on as any other, and says why', (_, attributes, data) => {
    const made = read({ attributes, data: Buffer.from(data) })
    expect(made.attributes).toMatchObject({
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      id: '2070443601311540',
      datacontenttype: 'application/json',
      millracereason: expect.stringMatching(/\S/) as string,
    })
    expect(JSON.parse(made.data)).toMatchObject({ message: { data: Buffer.from(data).toString('base64') } })
  })
})
