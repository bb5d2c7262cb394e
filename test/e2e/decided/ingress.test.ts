import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { exchange, post } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { settled } from '../fixture/admin.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { acceptAll, brokerUrl } from '../fixture/producing.ts'

const whole = { specversion: '1.0', id: '1', source: '/s', type: 'any' }
const asHeaders = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 'any' }

const shared = oneServer(
  (urlOf) =>
    broker() +
    trigger('any', urlOf('/any'), { attributes: { type: 'any' } }) +
    trigger('subject', urlOf('/subject'), { attributes: { subject: '' } }) +
    trigger('count', urlOf('/count'), { attributes: { count: '5' } }) +
    trigger('json', urlOf('/json'), {
      attributes: { type: 'format' },
      delivery: { retry: 0, format: 'json' },
    }) +
    trigger('binary', urlOf('/binary'), {
      attributes: { type: 'format' },
      delivery: { retry: 0, format: 'binary' },
    }),
  { args: ['--body-limit', '64Ki'] },
)

/** A request whose header values are sent as these bytes. */
async function rawPost(
  url: string,
  headers: Record<string, Buffer>,
): Promise<{ status: number; text: string }> {
  const values = Object.entries(headers).map(([name, bytes]) => [name, bytes.toString('latin1')] as const)
  const outgoing = request(url, { method: 'POST', headers: Object.fromEntries(values) }).end()
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: incoming.statusCode ?? 0, text: await text(incoming) }
}

describe('which status', () => {
  test.each([
    ['GET', '/', 404],
    ['POST', '/', 404],
    ['POST', '/default', 404],
    ['POST', '/default/none', 404],
    ['POST', '/default/default/more', 404],
    ['GET', '/default/default', 405],
    ['PUT', '/default/default', 405],
    ['OPTIONS', '/default/default', 200],
  ])('%s %s is answered %i', async (method, path, status) => {
    const answer = await exchange(method, shared.millrace.ingress + path)
    expect(answer.status).toBe(status)
    if (status !== 404) expect(answer.headers).toMatchObject({ allow: 'POST, OPTIONS' })
  })

  test('the path is looked at before the body', async () => {
    const answer = await exchange('POST', `${shared.millrace.ingress}/default/defualt`, {
      headers: { 'content-type': 'application/cloudevents+json' },
      body: '{',
    })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'no-such-addressable',
      detail: expect.stringContaining('/default/default'),
    })
  })

  test.each([
    [
      'a media type of CloudEvents other than JSON',
      415,
      { 'content-type': 'application/cloudevents+avro' },
      'x',
    ],
    ['a content coding', 415, { ...asHeaders, 'content-encoding': 'gzip' }, 'x'],
    ['a body beyond the limit', 413, asHeaders, 'x'.repeat(64 * 1024 + 1)],
    ['more than 64 KiB of headers', 431, { ...asHeaders, 'x-large': 'x'.repeat(65 * 1024) }, ''],
  ])('%s is answered %i', async (_what, status, headers, body) => {
    const answer = await exchange('POST', brokerUrl(shared.millrace), { headers, body })
    expect(answer.status).toBe(status)
    if (status === 413) expect(answer.text).toContain('65536')
  })

  test('a query string is ignored', async () => {
    expect((await post(`${brokerUrl(shared.millrace)}?a=1&b=/x`)).status).toBe(202)
  })
})

describe('what is answered 400, with a problem that names the attribute', () => {
  const binary = [
    ['ce-datacontenttype', { 'ce-datacontenttype': 'text/plain' }, 'datacontenttype'],
    ['ce-data', { 'ce-data': 'x' }, 'data'],
    ['a ce- header twice', { 'ce-tenant': ['a', 'b'] }, 'tenant'],
    ['a relative dataschema', { 'ce-dataschema': 'schema.json' }, 'dataschema'],
    ['a content type that is no media type', { 'content-type': 'nonsense' }, 'content-type'],
    ['a time that is none', { 'ce-time': 'noon' }, 'time'],
    ['an unknown specversion', { 'ce-specversion': '7.0' }, 'specversion'],
    ['an empty id', { 'ce-id': '' }, 'id'],
    ['a spent knativebrokerttl', { 'ce-knativebrokerttl': '1' }, 'knativebrokerttl'],
  ] as const
  const structured = [
    ['upper case in a member’s name', { Tenant: 'blue' }, 'Tenant'],
    ['an Integer beyond 32 bits', { tenant: 2_147_483_648 }, 'tenant'],
    ['a missing type', { type: undefined }, 'type'],
    ['an extension that is an object', { tenant: {} }, 'tenant'],
  ] as const

  function expectProblem(answer: { status: number; text: string }, named: string): void {
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({
      type: expect.stringMatching(/^https?:|^urn:/),
      title: expect.any(String),
      status: 400,
      detail: expect.stringContaining(named),
      code: expect.stringMatching(/^[a-z0-9-]+$/),
    })
  }

  test.each(binary)('%s', async (_what, headers, attribute) => {
    const all = { ...asHeaders, ...headers } as Record<string, string | string[]>
    const answer = await exchange('POST', brokerUrl(shared.millrace), { headers: all, body: '{}' })
    expectProblem(answer, attribute)
  })

  test.each(structured)('%s', async (_what, members, attribute) => {
    const answer = await exchange('POST', brokerUrl(shared.millrace), {
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({ ...whole, ...members }),
    })
    expectProblem(answer, attribute)
  })

  test('bytes in a ce- header that are not UTF-8', async () => {
    const headers = Object.entries({ ...asHeaders, 'ce-tenant': '' }).map(([name, value]) => [
      name,
      Buffer.from(value),
    ])
    const sent = { ...Object.fromEntries(headers), 'ce-tenant': Buffer.of(0x41, 0xff) } as Record<
      string,
      Buffer
    >
    expectProblem(await rawPost(brokerUrl(shared.millrace), sent), 'tenant')
  })
})

describe('what is taken', () => {
  test('UTF-8 in a ce- header, which goes on percent-coded', async () => {
    const { millrace, sink } = shared
    const before = sink.path('/any').count
    const headers = Object.entries({ ...asHeaders, 'ce-subject': 'Grüße 😀' })
    const bytes = Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value)]))
    expect((await rawPost(brokerUrl(millrace), bytes)).status).toBe(202)
    await sink.path('/any').received(before + 1)
    expect(sink.path('/any').requests.at(-1)?.headers['ce-subject']).toBe('Gr%C3%BC%C3%9Fe%20%F0%9F%98%80')
  })

  test('an empty extension', async () => {
    expect((await post(brokerUrl(shared.millrace), { tenant: '' })).status).toBe(202)
  })

  test('an empty subject, which counts as none', async () => {
    const { millrace, sink } = shared
    const before = sink.path('/any').count
    await acceptAll(brokerUrl(millrace), [
      { type: 'any', subject: '' },
      { type: 'other', subject: 's' },
    ])
    await sink.path('/subject').received(1)
    await sink.path('/any').received(before + 1)
    await settled(millrace)
    // the Unicode subject of another test is one too
    expect(sink.path('/subject').requests.filter(({ headers }) => headers['ce-subject'] === '')).toEqual([])
    expect(sink.path('/any').requests.at(-1)?.headers).not.toHaveProperty('ce-subject')
  })

  test('the same source and id twice: two events', async () => {
    const { millrace, sink } = shared
    await acceptAll(brokerUrl(millrace), [
      { id: 'twice', source: '/same', type: 'any' },
      { id: 'twice', source: '/same', type: 'any' },
    ])
    await settled(millrace)
    expect(sink.path('/any').ids.filter((id) => id === 'twice')).toHaveLength(2)
  })

  test('an event that matches nothing: 202, and nothing is stored', async () => {
    const { millrace, sink } = shared
    await settled(millrace)
    const before = sink.count
    expect((await post(brokerUrl(millrace), { type: 'nobody' })).status).toBe(202)
    await settled(millrace)
    expect(sink.count).toBe(before)
  })

  test('a legacy filter compares an extension that is no string by its canonical text', async () => {
    const { millrace, sink } = shared
    for (const count of [5, 50])
      await exchange('POST', brokerUrl(millrace), {
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({ ...whole, id: `count-${count}`, type: 'counted', count }),
      })
    await sink.path('/count').received(1)
    await settled(millrace)
    expect(sink.path('/count').ids).toEqual(['count-5'])
  })
})

describe('the form that subscribers get', () => {
  test('is binary unless format says otherwise; data keeps its bytes', async () => {
    const { millrace, sink } = shared
    const data = '{ "big": 12345678901234567890,"e":1e2 }'
    const body = `{"specversion":"1.0","id":"f1","source":"/s","type":"format","datacontenttype":"application/json","data":${data}}`
    const answer = await exchange('POST', brokerUrl(millrace), {
      headers: { 'content-type': 'application/cloudevents+json' },
      body,
    })
    expect(answer.status).toBe(202)
    await sink.path('/binary').received(1)
    await sink.path('/json').received(1)
    const [binary] = sink.path('/binary').requests
    expect(binary?.headers).toMatchObject({ 'ce-id': 'f1', 'content-type': 'application/json' })
    expect(binary?.body.toString()).toBe(data)
    const [json] = sink.path('/json').requests
    expect(json?.headers['content-type']).toMatch(/^application\/cloudevents\+json/)
    expect(json?.headers).not.toHaveProperty('ce-id')
    expect(json?.body.toString()).toContain(data)
  })

  test('is structured where the headers would exceed 8 KiB', async () => {
    const { millrace, sink } = shared
    const before = sink.path('/any').count
    await acceptAll(brokerUrl(millrace), [
      { id: 'large', type: 'any', tenant: 'x'.repeat(9_000), data: { n: 1 } },
    ])
    await sink.path('/any').received(before + 1)
    const last = sink.path('/any').requests.at(-1)
    expect(last?.headers['content-type']).toMatch(/^application\/cloudevents\+json/)
    expect(JSON.parse(String(last?.body))).toMatchObject({
      id: 'large',
      tenant: 'x'.repeat(9_000),
      data: { n: 1 },
    })
  })
})
