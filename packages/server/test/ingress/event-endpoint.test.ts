import { describe, expect, test } from 'vitest'
import { binaryMessage, eventually, exchange, post, type Answer } from '@millrace/testkit'
import { postHead, rawConnection } from './raw-connection.ts'
import { startIngress } from './start-ingress.ts'

function problemOf(answer: Answer): Record<string, unknown> {
  expect(answer.headers['content-type']).toBe('application/problem+json')
  const problem = JSON.parse(answer.text) as Record<string, unknown>
  expect(problem).toMatchObject({ type: expect.stringMatching(/^urn:/), status: answer.status })
  expect(problem['title']).toEqual(expect.any(String))
  return problem
}

describe('an event that is accepted', () => {
  test('is answered 202 with an empty body', async () => {
    await using ingress = await startIngress()
    const answer = await post(`${ingress.url}/default/default`, { id: 'a', data: { n: 1 } })
    expect(answer).toMatchObject({ status: 202, text: '', headers: { 'content-length': '0' } })
    expect(ingress.accepted).toHaveLength(1)
  })

  test('goes to its addressable with attributes, data bytes, time of arrival and a fresh TTL', async () => {
    await using ingress = await startIngress({ now: () => 1_000 })
    await post(`${ingress.url}/shop/default`, { id: 'a', type: 't', data: '{"n": 1.0}', ext: 'x' })
    const [{ addressable, record } = expect.fail()] = ingress.accepted
    expect(addressable.path).toBe('/shop/default')
    expect(record.acceptedAt).toBe(1_000)
    expect(record.event.attributes).toMatchObject({ id: 'a', type: 't', ext: 'x', knativebrokerttl: 255 })
    expect(Buffer.from(record.event.data ?? []).toString()).toBe('{"n": 1.0}')
  })

  test('keeps its tracing and knative headers, and no others', async () => {
    await using ingress = await startIngress()
    const headers = {
      'x-request-id': 'r',
      'Knative-Foo': 'k',
      'X-B3-TraceId': 'b',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=1',
      authorization: 'Bearer secret',
      cookie: 'c=1',
      'x-other': 'o',
    }
    await post(`${ingress.url}/default/default`, {}, { headers })
    expect(ingress.accepted[0]?.record.headers).toEqual({
      'x-request-id': 'r',
      'knative-foo': 'k',
      'x-b3-traceid': 'b',
      traceparent: headers.traceparent,
      tracestate: 'a=1',
    })
  })

  test.each([
    ['a query string', '/default/default?a=1&b=/x/y'],
    ['a trailing slash', '/default/default/'],
    ['both', '/default/default/?a=1'],
  ])('is accepted with %s', async (_what, path) => {
    await using ingress = await startIngress()
    expect((await post(ingress.url + path)).status).toBe(202)
    expect(ingress.accepted[0]?.addressable.path).toBe('/default/default')
  })

  test('without a body has no data', async () => {
    await using ingress = await startIngress()
    expect((await post(`${ingress.url}/default/default`)).status).toBe(202)
    expect(ingress.accepted[0]?.record.event.data).toBeUndefined()
  })

  test('in structured mode is taken too', async () => {
    await using ingress = await startIngress()
    const body = '{"specversion":"1.0","id":"s","source":"/s","type":"t","data":{"n":1}}'
    const headers = { 'content-type': 'application/cloudevents+json' }
    expect((await exchange('POST', `${ingress.url}/default/default`, { headers, body })).status).toBe(202)
    expect(ingress.accepted[0]?.record.event.attributes).toMatchObject({ id: 's', type: 't' })
  })

  test('with content-encoding identity is taken', async () => {
    await using ingress = await startIngress()
    const headers = { 'content-encoding': 'identity' }
    expect((await post(`${ingress.url}/default/default`, { data: 'x' }, { headers })).status).toBe(202)
  })

  test('that the store knows already is answered 202', async () => {
    await using ingress = await startIngress({ accept: async () => ({ kind: 'duplicate' }) })
    expect((await post(`${ingress.url}/default/default`)).status).toBe(202)
  })
})

describe('a batch', () => {
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  const good = { specversion: '1.0', id: '1', source: '/s', type: 't' }

  test('is accepted whole', async () => {
    await using ingress = await startIngress()
    const body = JSON.stringify([good, { ...good, id: '2' }])
    expect((await exchange('POST', `${ingress.url}/default/default`, { headers, body })).status).toBe(202)
    expect(ingress.accepted.map(({ record }) => record.event.attributes['id'])).toEqual(['1', '2'])
  })

  test('with one bad event is refused whole, and the answer names its index', async () => {
    await using ingress = await startIngress()
    const body = JSON.stringify([good, { ...good, id: undefined }])
    const answer = await exchange('POST', `${ingress.url}/default/default`, { headers, body })
    expect(problemOf(answer)).toMatchObject({ status: 400, index: 1, attribute: 'id' })
    expect(ingress.accepted).toEqual([])
  })

  test('with one spent TTL is refused whole, and the answer names its index', async () => {
    await using ingress = await startIngress()
    const body = JSON.stringify([good, { ...good, knativebrokerttl: 1 }])
    const answer = await exchange('POST', `${ingress.url}/default/default`, { headers, body })
    expect(problemOf(answer)).toMatchObject({ code: 'ttl-spent', index: 1 })
    expect(ingress.accepted).toEqual([])
  })
})

describe('an event that is refused', () => {
  test.each([
    ['share', 429, 'over-share', 2_500, '3'],
    ['unavailable', 503, 'store-unavailable', 1_000, '1'],
    ['full', 503, 'store-unavailable', 10, '1'],
  ] as const)(
    'for %s by the store is answered %i with Retry-After',
    async (reason, status, code, retryAfterMs, seconds) => {
      const refused = { kind: 'refused', reason, detail: 'because', retryAfterMs } as const
      await using ingress = await startIngress({ accept: async () => refused })
      const answer = await post(`${ingress.url}/default/default`)
      expect(answer.headers['retry-after']).toBe(seconds)
      expect(problemOf(answer)).toMatchObject({ status, code, detail: 'because' })
    },
  )

  test('by a failure of ours is answered 500, and the log says why', async () => {
    await using ingress = await startIngress({
      accept: () => Promise.reject(new Error('a mistake with hunter2')),
    })
    const answer = await post(`${ingress.url}/default/default`)
    expect(problemOf(answer)).toMatchObject({ status: 500, code: 'internal' })
    expect(answer.text).not.toContain('hunter2')
    expect(ingress.errors).toHaveLength(1)
  })

  test('with a missing attribute is answered 400 that names it', async () => {
    await using ingress = await startIngress()
    const { headers } = binaryMessage({})
    delete headers['ce-type']
    const answer = await exchange('POST', `${ingress.url}/default/default`, { headers })
    expect(problemOf(answer)).toMatchObject({
      status: 400,
      attribute: 'type',
      detail: expect.stringContaining('type'),
    })
  })

  test('with a spent TTL is answered 400', async () => {
    await using ingress = await startIngress()
    const answer = await post(`${ingress.url}/default/default`, { knativebrokerttl: '1' })
    expect(problemOf(answer)).toMatchObject({ status: 400, code: 'ttl-spent', attribute: 'knativebrokerttl' })
  })

  test('in a CloudEvents media type other than JSON is answered 415 with those that are taken', async () => {
    await using ingress = await startIngress()
    const headers = { 'content-type': 'application/cloudevents+avro' }
    const answer = await exchange('POST', `${ingress.url}/default/default`, { headers, body: 'x' })
    expect(problemOf(answer)).toMatchObject({
      status: 415,
      detail: expect.stringContaining('application/cloudevents+json'),
    })
  })

  test.each(['gzip', 'br', 'deflate, gzip'])('with content-encoding %s is answered 415', async (coding) => {
    await using ingress = await startIngress()
    const answer = await post(
      `${ingress.url}/default/default`,
      { data: 'x' },
      { headers: { 'content-encoding': coding } },
    )
    expect(problemOf(answer)).toMatchObject({ status: 415, code: 'content-encoding' })
  })
})

describe('plain JSON without ce- headers', () => {
  test('is answered 400 with the missing headers and a curl that works', async () => {
    await using ingress = await startIngress()
    const url = `${ingress.url}/default/default`
    const answer = await exchange('POST', url, {
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    })
    const { status, detail } = problemOf(answer) as { status: number; detail: string }
    expect(status).toBe(400)
    for (const name of ['ce-specversion', 'ce-id', 'ce-source', 'ce-type']) expect(detail).toContain(name)
    const [, target = '', rest = ''] = /curl -i (\S+) (.*)$/.exec(detail) ?? []
    const pairs = [...rest.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name, value])
    const [, body = ''] = /-d '([^']+)'/.exec(rest) ?? []
    const again = await exchange('POST', target, {
      headers: Object.fromEntries(pairs) as Record<string, string>,
      body,
    })
    expect(target).toBe(url)
    expect(again.status).toBe(202)
  })
})

describe('a body beyond the limit', () => {
  const limits = { bodyBytes: 1_000 }

  test('is answered 413 with the limit, before it is read where Content-Length says it', async () => {
    await using ingress = await startIngress({ limits })
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'content-length': '1001' }))
    const text = await raw.until(/\r\n\r\n\{.*\}$/s)
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toMatch(/\r\nconnection: close\r\n/i)
    expect(text).toContain('1000 bytes')
  })

  test('is answered 413 in the midst of a chunked body', async () => {
    await using ingress = await startIngress({ limits })
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'transfer-encoding': 'chunked' }))
    for (let i = 0; i < 3; i++) raw.send(`190\r\n${'x'.repeat(400)}\r\n`)
    expect(await raw.until(/\}$/)).toMatch(/^HTTP\/1\.1 413 /)
    expect(ingress.accepted).toEqual([])
  })

  test('reaches its sender though it sends all before it reads', async () => {
    await using ingress = await startIngress({ limits })
    const answer = await post(`${ingress.url}/default/default`, { data: 'x'.repeat(4_000_000) })
    expect(problemOf(answer)).toMatchObject({
      status: 413,
      code: 'too-large',
      detail: expect.stringContaining('1000'),
    })
  })

  test('of exactly the limit is taken', async () => {
    await using ingress = await startIngress({ limits })
    expect((await post(`${ingress.url}/default/default`, { data: 'x'.repeat(1_000) })).status).toBe(202)
  })

  test('does not end the connection when the event itself is refused', async () => {
    await using ingress = await startIngress({ limits })
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'ce-type': '', 'content-length': '2' }) + 'hi')
    await raw.until(/ 400 /)
    raw.send(postHead({ 'content-length': '2' }) + 'hi')
    await raw.until(/ 202 /)
  })
})

describe('the budget of bodies being read', () => {
  const limits = { bodyBytes: 1_000, budgetBytes: 1_500 }

  test('is 503 with Retry-After for the one that has no room, and the others end well', async () => {
    await using ingress = await startIngress({ limits })
    await using slow = await rawConnection(ingress.port)
    slow.send(postHead({ 'content-length': '1000' }) + 'x'.repeat(900))
    const refused = await eventually(async () => {
      const answer = await post(`${ingress.url}/default/default`, { data: 'y'.repeat(800) })
      return answer.status === 503 ? answer : false
    })
    expect(problemOf(refused as Answer)).toMatchObject({ code: 'busy' })
    expect((refused as Answer).headers['retry-after']).toBe('1')
    slow.send('x'.repeat(100))
    await slow.until(/ 202 /)
    expect((await post(`${ingress.url}/default/default`, { data: 'y'.repeat(800) })).status).toBe(202)
  })

  test('counts what has arrived, not what was announced', async () => {
    await using ingress = await startIngress({ limits })
    await using first = await rawConnection(ingress.port)
    await using second = await rawConnection(ingress.port)
    for (const raw of [first, second]) raw.send(postHead({ 'content-length': '1000' }) + 'x')
    expect((await post(`${ingress.url}/default/default`, { data: 'y'.repeat(800) })).status).toBe(202)
  })

  test('holds a body until the store has answered', async () => {
    const store = Promise.withResolvers<{ kind: 'accepted' }>()
    let asked = 0
    const accept = (): Promise<{ kind: 'accepted' }> => {
      asked += 1
      return store.promise
    }
    await using ingress = await startIngress({ limits, accept })
    const waiting = post(`${ingress.url}/default/default`, { data: 'x'.repeat(1_000) })
    await eventually(() => asked === 1)
    expect((await post(`${ingress.url}/default/default`, { data: 'x'.repeat(1_000) })).status).toBe(503)
    store.resolve({ kind: 'accepted' })
    expect((await waiting).status).toBe(202)
  })

  test('gets back what a producer that hung up had sent, and nothing is logged', async () => {
    await using ingress = await startIngress({ limits })
    for (let i = 0; i < 20; i++) {
      const raw = await rawConnection(ingress.port)
      raw.send(postHead({ 'content-length': '1000' }) + 'x'.repeat(900))
      raw.socket.resetAndDestroy()
      await raw.closed
    }
    await eventually(async () => {
      const answer = await post(`${ingress.url}/default/default`, { data: 'y'.repeat(1_000) })
      return answer.status === 202
    })
    expect(ingress.accepted).toHaveLength(1)
    expect(ingress.errors).toEqual([])
  })
})

describe('Expect: 100-continue', () => {
  test('is answered 100, and 202 after the body', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ expect: '100-continue', 'content-length': '2' }))
    await raw.until(/^HTTP\/1\.1 100 /)
    raw.send('hi')
    await raw.until(/HTTP\/1\.1 202 /)
  })

  test('and nothing else: another expectation is passed over', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(`${postHead({ expect: 'x-other', 'content-length': '2' })}hi`)
    expect(await raw.until(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 202 /)
  })

  test.each([
    ['413', postHead({ expect: '100-continue', 'content-length': '2000000' })],
    ['415', postHead({ expect: '100-continue', 'content-length': '2', 'content-encoding': 'gzip' })],
    ['404', postHead({ expect: '100-continue', 'content-length': '2' }, '/default/other')],
  ])('is answered %s without a 100 where that is known', async (status, head) => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(head)
    expect(await raw.until(/\}$/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})
