import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { eventually, exchange, githubSignatures, type Answer } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { oneServer } from '../fixture/one-server.ts'
import {
  condition,
  gitHubSource,
  refusalLines,
  secret,
  secretKey,
  sourceErrors,
  webhookSource,
} from '../fixture/sources.ts'

const key = 'the secret of the hook'
const limit = 25 * 1024 * 1024
const body = '{"action":"opened","number":2,"pull_request":{"number":2}}'

const server = oneServer(
  (urlOf) =>
    secret('gh', { hook: key }) +
    gitHubSource('gh', {
      ownerAndRepository: 'acme/web',
      eventTypes: ['pull_request', 'push'],
      secretToken: secretKey('gh', 'hook'),
      sink: { uri: urlOf('/gh') },
    }) +
    gitHubSource('flooded', {
      ownerAndRepository: 'acme/web',
      eventTypes: ['*'],
      secretToken: secretKey('gh', 'hook'),
      sink: { uri: urlOf('/flooded') },
    }) +
    gitHubSource('no-secret', {
      ownerAndRepository: 'acme/web',
      eventTypes: ['*'],
      secretToken: secretKey('gh', 'missing'),
      sink: { uri: urlOf('/no-secret') },
    }) +
    webhookSource('pay', {
      verify: { scheme: 'stripe', secret: secretKey('gh', 'hook') },
      event: { type: { pointer: '/type', prefix: 'com.stripe.' }, id: { pointer: '/id' } },
      sink: { uri: urlOf('/pay') },
    }),
)

describe('a GitHubSource', () => {
  const signed = githubSignatures(key, body)['x-hub-signature-256']
  const event = { 'x-github-event': 'pull_request', 'content-type': 'application/json' }

  const hostile: readonly (readonly [
    what: string,
    status: number,
    headers: Readonly<Record<string, string | undefined>>,
    body?: string,
  ])[] = [
    ['a wrong signature', 401, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['a signature by another secret', 401, githubSignatures('another', body)],
    ['no signature', 401, { 'x-hub-signature-256': undefined }],
    [
      'SHA-1 alone',
      401,
      { 'x-hub-signature-256': undefined, 'x-hub-signature': githubSignatures(key, body)['x-hub-signature'] },
    ],
    ['a right signature over other bytes', 401, { 'x-hub-signature-256': signed }, `${body} `],
    ['a signed body that is no JSON', 400, githubSignatures(key, '{"action":'), '{"action":'],
    ['a signed body that is no object', 400, githubSignatures(key, '[]'), '[]'],
    ['no X-GitHub-Event', 400, { 'x-github-event': undefined }],
    ['no X-GitHub-Delivery', 400, { 'x-github-delivery': undefined }],
    ['another media type', 415, { 'content-type': 'text/plain' }],
    ['a content coding', 415, { 'content-encoding': 'gzip' }],
  ]

  const rows = hostile.map(([what, status, headers, sent = body]) => ({ what, status, headers, sent }))

  test.each(rows)('$what is answered $status, and is no event', async ({ status, headers, sent }) => {
    const id = randomUUID()
    const given = { ...event, 'x-hub-signature-256': signed, 'x-github-delivery': id, ...headers }
    const answer = await send('gh', given, sent)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    // what comes behind is stored, and the first is not
    const good = await send('gh', signedDelivery(body), body)
    expect(good.status).toBe(202)
    await server.sink.path('/gh').received(1)
    expect(server.sink.path('/gh').ids).not.toContain(id)
    expect(answer.text).not.toContain(key)
  })

  test('SHA-1 alone is refused with that reason', async () => {
    const answer = await send('gh', { ...event, 'x-hub-signature': 'sha1=00' }, body)
    expect((JSON.parse(answer.text) as { detail: string }).detail).toContain('SHA-1, which is not taken')
  })

  test('more than 25 MiB is 413, before the body is read where its length is said', async () => {
    const { status, unread } = await sendPart({
      ...signedDelivery(body),
      'content-length': String(limit + 1),
    })
    expect([status, unread]).toEqual([413, true])
  })

  test('more than 25 MiB is 413 while it is read where its length is not said', async () => {
    const { status, unread } = await sendPart(signedDelivery(body), Buffer.alloc(limit + 1))
    expect([status, unread]).toEqual([413, true])
  })

  test('25 MiB are taken', async () => {
    const large = `{"number":3,"text":"${'x'.repeat(limit - 22)}"}`
    expect(Buffer.byteLength(large)).toBe(limit)
    const headers = signedDelivery(large)
    expect((await send('gh', headers, large)).status).toBe(202)
    await eventually(() => expect(server.sink.path('/gh').ids).toContain(headers['x-github-delivery']))
    const found = server.sink.path('/gh').requests.find(({ body: bytes }) => bytes.length === limit)
    expect(found?.body.equals(Buffer.from(large))).toBe(true)
  })

  test('a form is taken, and its payload is the data', async () => {
    const form = new URLSearchParams({ payload: body }).toString()
    const headers = { ...signedDelivery(form), 'content-type': 'application/x-www-form-urlencoded' }
    expect((await send('gh', headers, form)).status).toBe(202)
    await eventually(() => expect(server.sink.path('/gh').ids).toContain(headers['x-github-delivery']))
    const found = server.sink
      .path('/gh')
      .requests.find(({ headers: { 'ce-id': id } }) => id === headers['x-github-delivery'])
    expect(found?.body.toString()).toBe(body)
    expect(found?.headers['content-type']).toBe('application/json')
  })

  test('a replay is answered 202 and stored once', async () => {
    const headers = signedDelivery(body)
    const statuses = await Promise.all([1, 2, 3].map(async () => (await send('gh', headers, body)).status))
    statuses.push((await send('gh', headers, body)).status)
    expect(statuses).toEqual([202, 202, 202, 202])
    const last = signedDelivery(body)
    await send('gh', last, body)
    await eventually(() => expect(server.sink.path('/gh').ids).toContain(last['x-github-delivery']))
    const { ids } = server.sink.path('/gh')
    expect(ids.filter((id) => id === headers['x-github-delivery'])).toHaveLength(1)
  })

  test('an event that the manifest does not name is 202, a ping 200, and neither is an event', async () => {
    const unnamed = { ...signedDelivery(body), 'x-github-event': 'issues' }
    const ping = { ...signedDelivery(body), 'x-github-event': 'ping' }
    expect((await send('gh', unnamed, body)).status).toBe(202)
    expect((await send('gh', ping, body)).status).toBe(200)
    const last = signedDelivery(body)
    await send('gh', last, body)
    await eventually(() => expect(server.sink.path('/gh').ids).toContain(last['x-github-delivery']))
    expect(server.sink.path('/gh').ids).not.toContain(unnamed['x-github-delivery'])
    expect(server.sink.path('/gh').ids).not.toContain(ping['x-github-delivery'])
  })

  test('a Secret that is missing is 503 with Retry-After, and a condition', async () => {
    const answer = await send('no-secret', signedDelivery(body), body)
    expect(answer.status).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(await condition(server.millrace, 'githubsource', 'no-secret', 'SecretsProvided')).toBe(
      'False SecretTokenNotFound',
    )
  })

  test('a flood of refusals is counted to the last, and said once for each reason', async () => {
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 30 }, () => send('flooded', event, body)))
    for (let round = 0; round < 5; round++) {
      const malformed = { ...event, ...githubSignatures(key, '{'), 'x-github-delivery': randomUUID() }
      await send('flooded', malformed, '{')
      await send('flooded', event, Buffer.alloc(limit + 1))
    }
    expect(await sourceErrors(server.millrace, 'flooded')).toEqual({
      signature: 300,
      malformed: 5,
      too_large: 5,
    })
    for (const reason of ['signature', 'malformed', 'too_large'])
      expect(refusalLines(server.millrace, 'flooded', reason)).toBe(1)
    expect(server.sink.path('/flooded').count).toBe(0)
  })

  test('only POST is taken, and only where there is a source', async () => {
    const { status, headers } = await exchange('GET', `${server.millrace.ingress}/sources/default/gh`)
    expect([status, headers['allow']]).toEqual([405, 'POST'])
    expect((await send('nobody', signedDelivery(body), body)).status).toBe(404)
  })
})

describe('a WebhookSource with the scheme of Stripe', () => {
  const paid = '{"id":"evt_1","type":"invoice.paid"}'
  const now = (): number => Math.floor(Date.now() / 1000)

  const hostile: readonly (readonly [what: string, status: number, header?: string, body?: string])[] = [
    ['no signature', 401],
    ['a wrong signature', 401, `t=${now()},v1=${'0'.repeat(64)}`],
    ['another secret', 401, stripe(paid, now(), 'another')],
    ['other bytes', 401, stripe(paid, now()), `${paid} `],
    ['an hour ago', 401, stripe(paid, now() - 3600)],
    ['no JSON', 400, stripe('{', now()), '{'],
    ['no type', 400, stripe('{"id":"evt_2"}', now()), '{"id":"evt_2"}'],
    ['no id', 400, stripe('{"type":"x"}', now()), '{"type":"x"}'],
    [
      'a type that no attribute can be',
      400,
      stripe('{"id":"1","type":"a\\nb"}', now()),
      '{"id":"1","type":"a\\nb"}',
    ],
  ]

  const rows = hostile.map(([what, status, header, sent = paid]) => ({ what, status, header, sent }))

  test.each(rows)('$what is answered $status', async ({ status, header, sent }) => {
    const headers = {
      'content-type': 'application/json',
      ...(header !== undefined && { 'stripe-signature': header }),
    }
    expect((await send('pay', headers, sent)).status).toBe(status)
  })

  test('what is right is stored once, by its id, whenever it was signed', async () => {
    for (const time of [now(), now() - 10]) {
      const headers = { 'content-type': 'application/json', 'stripe-signature': stripe(paid, time) }
      expect((await send('pay', headers, paid)).status).toBe(202)
    }
    await server.sink.path('/pay').received(1)
    expect(server.sink.path('/pay').requests.map(({ headers }) => headers['ce-type'])).toEqual([
      'com.stripe.invoice.paid',
    ])
    expect(await sourceErrors(server.millrace, 'pay')).toEqual({ signature: 5, malformed: 4 })
  })

  function stripe(sent: string, time: number, secretKeyText = key): string {
    const signature = createHmac('sha256', secretKeyText).update(`${time}.${sent}`).digest('hex')
    return `t=${time},v1=${signature}`
  }
})

function send(
  name: string,
  headers: Readonly<Record<string, string | undefined>>,
  sent: string | Uint8Array,
): Promise<Answer> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const url = `${server.millrace.ingress}/sources/default/${name}`
  return exchange('POST', url, { headers: Object.fromEntries(given), body: sent })
}

/** Sends headers and so much of a body, and does not end it. → the status; whether it came before the end */
async function sendPart(headers: Readonly<Record<string, string>>, part?: Uint8Array) {
  const sending = request(`${server.millrace.ingress}/sources/default/gh`, { method: 'POST', headers })
  sending.on('error', () => undefined) // the server closes what it does not want to read
  if (part === undefined) sending.flushHeaders()
  else sending.write(part)
  const [answer] = (await once(sending, 'response')) as [IncomingMessage]
  const unread = !sending.writableEnded
  sending.destroy()
  return { status: answer.statusCode, unread }
}

/** The headers of a delivery that is right, with an id of its own. */
function signedDelivery(sent: string) {
  return {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': randomUUID(),
    ...githubSignatures(key, sent),
  }
}
