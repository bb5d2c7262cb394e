import { createHmac } from 'node:crypto'
import { exchange, githubSignatures, runCli, type Answer } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { oneServer } from '../fixture/one-server.ts'
import { secret, secretKey, webhookSource } from '../fixture/sources.ts'

const standardKey = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const json = { 'content-type': 'application/json' }

const server = oneServer(
  (urlOf) =>
    secret('hooks', {
      plain: 'hush\nhush-before',
      standard: `whsec_${standardKey}`,
      user: 'ci:pässword',
    }) +
    webhookSource('gl', {
      verify: { scheme: 'token', secret: secretKey('hooks', 'plain') },
      event: {
        type: { header: 'X-Gitlab-Event', prefix: 'dev.knative.sources.gitlab.' },
        source: { pointer: '/project/web_url' },
        id: { header: 'Idempotency-Key' },
      },
      sink: { uri: urlOf('/gl') },
    }) +
    webhookSource('std', {
      verify: { scheme: 'standard', secret: secretKey('hooks', 'standard') },
      event: {
        type: { pointer: '/type', prefix: 'com.example.' },
        id: { header: 'webhook-id' },
        subject: { pointer: '/data/id' },
      },
      ceOverrides: { extensions: { team: 'pay' } },
      sink: { uri: urlOf('/std') },
    }) +
    webhookSource('signed', {
      verify: { scheme: 'hmac', header: 'X-Signature', secret: secretKey('hooks', 'plain') },
      event: { type: { value: 'com.example.signed' } },
      sink: { uri: urlOf('/signed') },
    }) +
    webhookSource('bearer', {
      verify: { scheme: 'bearer', secret: secretKey('hooks', 'plain') },
      event: { type: { value: 'com.example.borne' } },
      sink: { uri: urlOf('/bearer') },
    }) +
    webhookSource('basic', {
      verify: { scheme: 'basic', secret: secretKey('hooks', 'user') },
      event: { type: { value: 'com.example.basic' } },
      sink: { uri: urlOf('/basic') },
    }),
)

test('GitLab: its token, and the attributes of Knative’s GitLabSource', async () => {
  const body = '{"object_kind":"merge_request","project":{"web_url":"https://gitlab.com/acme/web"}}'
  const headers = { ...json, 'x-gitlab-event': 'Merge Request Hook', 'idempotency-key': 'f3a7' }
  expect((await call('gl', headers, body)).status).toBe(401)
  expect((await call('gl', { ...headers, 'x-gitlab-token': 'hush!' }, body)).status).toBe(401)
  for (const token of ['hush', 'hush-before'])
    expect((await call('gl', { ...headers, 'x-gitlab-token': token }, body)).status).toBe(202)
  const [event] = await received('/gl', 1)
  expect(event?.headers).toMatchObject({
    'ce-id': 'f3a7',
    'ce-type': 'dev.knative.sources.gitlab.merge_request',
    'ce-source': 'https://gitlab.com/acme/web',
    'ce-comgitlabevent': 'Merge%20Request%20Hook',
    'content-type': 'application/json',
  })
  expect(event?.headers).not.toHaveProperty('ce-subject')
  expect(event?.body.toString()).toBe(body)
})

test('Standard Webhooks: attributes by pointer, overrides, and a replay that is stored once', async () => {
  const body = '{"type":"invoice.paid","data":{"id":12345678901234567890}}'
  const time = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', Buffer.from(standardKey, 'base64'))
    .update(`msg_1.${time}.${body}`)
    .digest('base64')
  const headers = {
    ...json,
    'webhook-id': 'msg_1',
    'webhook-timestamp': time,
    'webhook-signature': `v1,${signature}`,
  }
  expect((await call('std', headers, body)).status).toBe(202)
  expect((await call('std', headers, body)).status).toBe(202)
  expect((await call('std', { ...headers, 'webhook-id': 'msg_2' }, body)).status).toBe(401)
  const [event] = await received('/std', 1)
  expect(event?.headers).toMatchObject({
    'ce-id': 'msg_1',
    'ce-type': 'com.example.invoice.paid',
    'ce-source': '/apis/v1/namespaces/default/webhooksources/std',
    'ce-subject': '12345678901234567890',
    'ce-team': 'pay',
  })
  expect(event?.body.toString()).toBe(body)
})

test('HMAC in a header of another name, of any media type', async () => {
  const body = '<order id="1"/>'
  const { 'x-hub-signature-256': signature } = githubSignatures('hush', body)
  const headers = { 'content-type': 'application/xml', 'x-signature': signature }
  expect((await call('signed', headers, `${body} `)).status).toBe(401)
  expect((await call('signed', headers, body)).status).toBe(202)
  const [event] = await received('/signed', 1)
  expect(event?.headers).toMatchObject({ 'ce-type': 'com.example.signed', 'content-type': 'application/xml' })
  expect(event?.body.toString()).toBe(body)
})

test('bearer and basic: a 401 says what is asked for', async () => {
  const refusedBearer = await call('bearer', json, '{}')
  expect([refusedBearer.status, refusedBearer.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  expect((await call('bearer', { ...json, authorization: 'Bearer hush' }, '{}')).status).toBe(202)
  const refusedBasic = await call('basic', json, '{}')
  expect([refusedBasic.status, refusedBasic.headers['www-authenticate']]).toEqual([
    401,
    'Basic realm="millrace", charset="UTF-8"',
  ])
  const authorization = `Basic ${Buffer.from('ci:pässword').toString('base64')}`
  expect((await call('basic', { ...json, authorization }, '{}')).status).toBe(202)
})

test('millrace get shows them', async () => {
  const { code, stdout } = await runCli(['get', 'webhooksources', '--server', server.millrace.admin])
  expect(code).toBe(0)
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  expect(rows.find((row) => row.includes('gl'))).toEqual(
    expect.arrayContaining(['default', 'gl', 'True', 'token']),
  )
})

async function received(path: string, count: number) {
  const at = server.sink.path(path)
  await at.received(count)
  expect(at.requests).toHaveLength(count)
  return at.requests
}

function call(name: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
  return exchange('POST', `${server.millrace.ingress}/sources/default/${name}`, { headers, body })
}
