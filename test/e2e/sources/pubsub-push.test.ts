import { eventually, exchange, receiver, startMillrace, type Answer } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { Signer } from '../../../packages/source-pubsub/test/push/signed-push.ts'
import { cloudPubSubSource, project } from '../fixture/pubsub.ts'
import { condition, refusalLines } from '../fixture/sources.ts'

const audience = 'https://hooks.acme.example'
const account = 'pusher@acme.iam.gserviceaccount.com'
const json = { 'content-type': 'application/json' }
const schema =
  'https://raw.githubusercontent.com/googleapis/google-cloudevents/master/proto/google/events/cloud/pubsub/v1/data.proto'

function wrapped(messageId: string): string {
  const message = {
    messageId,
    data: Buffer.from('hello').toString('base64'),
    publishTime: '2021-02-26T19:13:55.749Z',
  }
  return JSON.stringify({ message, subscription: `projects/${project}/subscriptions/pushed` })
}

test(
  'pushes with a token of Google’s are taken once, whatever else comes is answered by the contract of webhooks',
  { timeout: 60_000 },
  async () => {
    await using sink = await receiver()
    await using keys = await receiver()
    const signer = await Signer.create()
    const { body: certificates } = await signer.http({ url: keys.url })
    keys.replyWith({ headers: json, body: certificates })
    const source = (name: string, annotations: object) =>
      cloudPubSubSource(name, { topic: 'orders', sink: { uri: sink.url } }, annotations)
    const pushed = { 'millrace.dev/push': 'true', 'millrace.dev/push-audience': audience }
    await using millrace = await startMillrace({
      env: { GOOGLE_OIDC_JWKS_URL: keys.url, PUBSUB_EMULATOR_HOST: '127.0.0.1:1' },
      manifests: {
        'orders.yaml': source('orders', { ...pushed, 'millrace.dev/push-account': account }),
        'anybody.yaml': source('anybody', pushed),
        'pulled.yaml': source('pulled', {}),
      },
    })
    await eventually(async () =>
      expect(await condition(millrace, 'cloudpubsubsource', 'orders', 'Ready')).toBe('True'),
    )
    const call = (name: string, headers: object, body: string, method = 'POST'): Promise<Answer> =>
      exchange(method, `${millrace.ingress}/sources/default/${name}`, {
        headers: { ...json, ...headers },
        ...(method === 'POST' && { body }),
      })
    const bearer = (parts: object = {}) => signer.bearer(Date.now(), { aud: audience, ...parts })
    const signed = { authorization: await bearer() }

    for (const id of ['1', '2', '1'])
      expect(await call('orders', signed, wrapped(id))).toMatchObject({ status: 202 })
    const stranger = { authorization: await bearer({ email: 'anybody@elsewhere.example' }) }
    expect(await call('anybody', stranger, wrapped('3'))).toMatchObject({ status: 202 })
    await eventually(() => expect(sink.ids.toSorted()).toEqual(['1', '2', '3']))
    const [first] = sink.requests
    expect(first?.headers).toMatchObject({
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
      'ce-source': `//pubsub.googleapis.com/projects/${project}/topics/orders`,
      'ce-time': '2021-02-26T19:13:55.749Z',
      'ce-dataschema': schema,
      'content-type': 'application/json',
    })

    const refused = async (answer: Promise<Answer>, status: number, code: string) => {
      const { headers, text, status: answered } = await answer
      expect(answered).toBe(status)
      expect(headers['content-type']).toBe('application/problem+json')
      expect(JSON.parse(text)).toMatchObject({ status, code })
      return headers
    }
    await refused(call('orders', {}, wrapped('4')), 401, 'signature')
    for (const parts of [{ aud: 'https://elsewhere.example' }, { email: 'mallory@acme.example' }, { exp: 1 }])
      await refused(call('orders', { authorization: await bearer(parts) }, wrapped('4')), 401, 'signature')
    await refused(call('orders', signed, '{"message":{"attributes":null}}'), 400, 'malformed-delivery')
    await refused(
      call('orders', { ...signed, 'content-type': 'text/plain' }, wrapped('4')),
      415,
      'media-type',
    )
    await refused(call('nobody', signed, wrapped('4')), 404, 'no-such-source')
    await refused(call('pulled', signed, wrapped('4')), 404, 'no-such-source')
    expect(await refused(call('orders', signed, '', 'GET'), 405, 'method-not-allowed')).toMatchObject({
      allow: 'POST',
    })
    await refused(call('orders', signed, ' '.repeat(14 * 1024 * 1024 + 1)), 413, 'too-large')
    expect(refusalLines(millrace, 'orders', 'signature')).toBe(1)
    expect(sink.ids).toHaveLength(3)
    const warned = `metadata.annotations.millrace.dev/push: should have millrace.dev/push-account beside it`
    expect(millrace.stderr).toContain(warned)
  },
)

test('while the keys cannot be had, a push is to come again', { timeout: 60_000 }, async () => {
  await using keys = await receiver()
  keys.replyWith(500)
  const annotations = {
    'millrace.dev/push': 'true',
    'millrace.dev/push-account': account,
    'millrace.dev/push-audience': audience,
  }
  await using millrace = await startMillrace({
    env: { GOOGLE_OIDC_JWKS_URL: keys.url },
    manifests: cloudPubSubSource('orders', { topic: 'orders', sink: { uri: keys.url } }, annotations),
  })
  const signer = await Signer.create()
  const authorization = await signer.bearer(Date.now(), { aud: audience })
  const answer = await exchange('POST', `${millrace.ingress}/sources/default/orders`, {
    headers: { ...json, authorization },
    body: wrapped('1'),
  })
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) as string } })
})
