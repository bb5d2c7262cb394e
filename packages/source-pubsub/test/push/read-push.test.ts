import { describe, expect, test } from 'vitest'
import { readPush } from '../../src/push/read-push.ts'

/** As Google documents it ("Receive push messages"). */
const documented = {
  message: {
    attributes: { key: 'value' },
    data: 'SGVsbG8gQ2xvdWQgUHViL1N1YiEgSGVyZSBpcyBteSBtZXNzYWdlIQ==',
    messageId: '2070443601311540',
    message_id: '2070443601311540',
    publishTime: '2021-02-26T19:13:55.749Z',
    publish_time: '2021-02-26T19:13:55.749Z',
  },
  subscription: 'projects/myproject/subscriptions/mysubscription',
}
const hello = 'Hello Cloud Pub/Sub! Here is my message!'

function read(body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  const made = readPush({ headers: { 'content-type': 'application/json', ...headers }, body: bytes })
  if (made.kind !== 'push') return made
  return { ...made, message: { ...made.message, data: Buffer.from(made.message.data).toString() } }
}

describe('wrapped', () => {
  test('the message of the documentation', () => {
    expect(read(documented)).toEqual({
      kind: 'push',
      subscription: 'projects/myproject/subscriptions/mysubscription',
      message: {
        id: '2070443601311540',
        data: hello,
        attributes: { key: 'value' },
        publishTime: '2021-02-26T19:13:55.749Z',
        orderingKey: '',
      },
    })
  })

  test.each<[object, string]>([
    [{ messageId: undefined, message_id: undefined }, 'message.messageId'],
    [{ data: '%' }, 'message.data'],
    [{ data: 7 }, 'message.data'],
    [{ attributes: { n: 1 } }, 'message.attributes'],
    [{ publishTime: 'now' }, 'message.publishTime'],
    [{ orderingKey: 1 }, 'message.orderingKey'],
  ])('%j is malformed, and what is named', (over, named) => {
    expect(read({ ...documented, message: { ...documented.message, ...over } })).toEqual({
      kind: 'malformed',
      detail: expect.stringContaining(named) as string,
    })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])(
    'as %s it is not taken',
    (contentType) => {
      expect(read(documented, { 'content-type': contentType })).toEqual({
        kind: 'unsupported-media-type',
        detail: expect.stringContaining(contentType) as string,
      })
    },
  )

  test('its media type may have parameters', () => {
    expect(read(documented, { 'content-type': 'application/json; charset=utf-8' }).kind).toBe('push')
  })

  test.each(['', '{', '[]', 'null', '{"message":null}', '{"message":{}}', hello])(
    'the body %j is malformed',
    (body) => {
      expect(read(body).kind).toBe('malformed')
    },
  )
})

describe('unwrapped', () => {
  const headers = {
    'x-goog-pubsub-subscription-name': 'projects/myproject/subscriptions/mysubscription',
    'x-goog-pubsub-message-id': '2070443601311540',
    'x-goog-pubsub-publish-time': '2021-02-26T19:13:55.749Z',
  }

  test('the body is the data; attributes and metadata are headers, those of HTTP are none', () => {
    const more = {
      ...headers,
      'x-goog-pubsub-ordering-key': 'shop-7',
      host: 'hooks.acme.example',
      'content-length': '40',
      authorization: 'Bearer a.b.c',
      'user-agent': 'CloudPubSub-Google',
      from: 'noreply@google.com',
      key: 'value',
    }
    expect(read(hello, more)).toEqual({
      kind: 'push',
      subscription: 'projects/myproject/subscriptions/mysubscription',
      message: {
        id: '2070443601311540',
        data: hello,
        attributes: { key: 'value', 'content-type': 'application/json' },
        publishTime: '2021-02-26T19:13:55.749Z',
        orderingKey: 'shop-7',
      },
    })
  })

  test.each(Object.keys(headers).filter((name) => !name.endsWith('message-id')))('%s is needed', (name) => {
    expect(read(hello, { ...headers, [name]: '' })).toMatchObject({
      kind: 'malformed',
      detail: expect.stringContaining(name) as string,
    })
  })
})
