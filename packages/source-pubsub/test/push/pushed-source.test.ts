import type { WebhookRequest } from '@millrace/source-sdk'
import { Caller, sourceConformance, TestClock, TestHost, TestStore } from '@millrace/source-sdk/conformance'
import { expect, test } from 'vitest'
import { source } from '../../src/index.ts'
import { account, audience, Signer } from './signed-push.ts'

const annotations = {
  'millrace.dev/push': 'true',
  'millrace.dev/push-account': account,
  'millrace.dev/push-audience': audience,
}
const manifest = { annotations, spec: { topic: 'orders' } }
/** Where the clock of a test host begins. */
const begun = new TestClock().now()
const authorization = 'authorization'

sourceConformance('CloudPubSubSource, pushed', {
  source,
  async open() {
    const signer = await Signer.create()
    const bearer = await signer.bearer(begun)
    const caller = new Caller((id) => push(id, bearer))
    return {
      manifest,
      http: signer.http,
      happen: (count, host) => caller.happen(count, host),
      again: (host) => caller.again(host),
      async [Symbol.asyncDispose]() {
        caller[Symbol.dispose]()
      },
    }
  },
  badCredentials: (given) => ({
    ...given,
    annotations: { ...annotations, 'millrace.dev/push-account': 'mallory@acme.example' },
  }),
  without: {
    'resumes after upstream was away': 'Pub/Sub calls, and sends again what was not acknowledged',
  },
})

test('wrapped and unwrapped come to the same event, of the project that the subscription is of', async () => {
  const signer = await Signer.create()
  const store = new TestStore()
  const host = new TestHost({ source, manifest, store, http: signer.http })
  const bearer = await signer.bearer(begun)
  expect(await host.call(push('1', bearer))).toEqual({ kind: 'accepted' })
  expect(await host.call(unwrapped('2', bearer))).toEqual({ kind: 'accepted' })
  expect(await host.call(push('2', bearer))).toEqual({ kind: 'accepted' })
  expect(store.events).toHaveLength(2)
  for (const [index, { attributes, data }] of store.events.entries()) {
    expect({ ...attributes }).toMatchObject({
      id: String(index + 1),
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      source: '//pubsub.googleapis.com/projects/acme/topics/orders',
    })
    expect(JSON.parse(Buffer.from(data ?? []).toString())).toMatchObject({
      subscription: 'projects/acme/subscriptions/orders-push',
      message: { data: Buffer.from('hello').toString('base64') },
    })
  }
})

test('a message of the same id, published at another time, is another: emulators count anew', async () => {
  const signer = await Signer.create()
  const store = new TestStore()
  const host = new TestHost({ source, manifest, store, http: signer.http })
  const bearer = await signer.bearer(begun)
  const { body, ...request } = push('1', bearer)
  const later = new TextEncoder().encode(new TextDecoder().decode(body).replace('2021-', '2022-'))
  for (const each of [body, later, body, later]) await host.call({ ...request, body: each })
  expect(store.events.map(({ attributes }) => attributes['time'])).toEqual([
    '2021-02-26T19:13:55.749Z',
    '2022-02-26T19:13:55.749Z',
  ])
})

test('a CloudEvent passes unwrapped, too', async () => {
  const signer = await Signer.create()
  const store = new TestStore()
  const host = new TestHost({ source, manifest, store, http: signer.http })
  const { headers, ...request } = unwrapped('3', await signer.bearer(begun))
  const event = {
    'ce-specversion': '1.0',
    'ce-id': 'a-1',
    'ce-source': '/shop',
    'ce-type': 'com.acme.order',
    'content-type': 'text/plain',
  }
  expect(await host.call({ ...request, headers: { ...headers, ...event } })).toEqual({ kind: 'accepted' })
  expect(store.events[0]?.attributes).toMatchObject({
    id: 'a-1',
    type: 'com.acme.order',
    datacontenttype: 'text/plain',
  })
})

test('nothing is read without a token, and nothing taken where messages are pulled', async () => {
  const signer = await Signer.create()
  const store = new TestStore()
  const host = new TestHost({ source, manifest, store, http: signer.http })
  expect(await host.call({ ...push('1', ''), body: new Uint8Array() })).toMatchObject({
    kind: 'unauthorized',
  })
  const pulling = new TestHost({ source, manifest: { spec: manifest.spec }, store, http: signer.http })
  expect(await pulling.call(push('1', await signer.bearer(begun)))).toMatchObject({
    kind: 'not-called',
  })
  expect(store.events).toEqual([])
})

test('while the keys cannot be had it is asked to come again', async () => {
  const signer = await Signer.create()
  signer.status = 503
  const host = new TestHost({ source, manifest, store: new TestStore(), http: signer.http })
  expect(await host.call(push('1', await signer.bearer(begun)))).toEqual({ kind: 'unavailable' })
})

function push(messageId: string, bearer: string): WebhookRequest {
  const message = {
    messageId,
    data: Buffer.from('hello').toString('base64'),
    publishTime: '2021-02-26T19:13:55.749Z',
  }
  const body = JSON.stringify({ message, subscription: 'projects/acme/subscriptions/orders-push' })
  return requestOf(body, { [authorization]: bearer, 'content-type': 'application/json' })
}

function unwrapped(id: string, bearer: string): WebhookRequest {
  return requestOf('hello', {
    [authorization]: bearer,
    'x-goog-pubsub-subscription-name': 'projects/acme/subscriptions/orders-push',
    'x-goog-pubsub-message-id': id,
    'x-goog-pubsub-publish-time': '2021-02-26T19:13:55.749Z',
  })
}

function requestOf(text: string, headers: Readonly<Record<string, string>>): WebhookRequest {
  return { method: 'POST', query: '', headers, body: new TextEncoder().encode(text) }
}
