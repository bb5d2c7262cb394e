import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { eventually, exchange, latch, post } from '@millrace/testkit'
import { createChannels, type EventRejected } from '../../src/observability/channels.ts'
import { postHead, rawConnection } from './raw-connection.ts'
import { startIngress } from './start-ingress.ts'

describe('a connection', () => {
  test('serves one event after the other', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    for (let i = 1; i <= 3; i++) {
      raw.send(`${postHead({ 'content-length': '2', 'ce-id': String(i) })}hi`)
      await raw.until(new RegExp(`(HTTP/1\\.1 202 [^]*){${i}}`))
    }
    expect(ingress.accepted).toHaveLength(3)
  })

  test('serves pipelined events in their order', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    const bad = postHead({ 'ce-id': '', 'content-length': '0' })
    const good = postHead({ 'content-length': '0' })
    raw.send(good + bad + good)
    const text = await raw.until(/(HTTP\/1\.1 [^]*){3}/)
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['202', '400', '202'])
  })

  test('takes the absolute form of the target, and chunks', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'transfer-encoding': 'chunked' }, 'http://broker/default/default'))
    raw.send('2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n')
    await raw.until(/ 202 /)
    expect(Buffer.from(ingress.accepted[0]?.record.event.data ?? []).toString()).toBe('hi!')
  })

  test('of HTTP/1.0 is served and closed', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(`${postHead({ 'content-length': '2' }).replace('HTTP/1.1', 'HTTP/1.0')}hi`)
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 202 /)
  })

  test('beyond the cap is served in place of the one that has been idle for longest', async () => {
    await using ingress = await startIngress({ limits: { connections: 2 } })
    const first = await rawConnection(ingress.port)
    await using second = await rawConnection(ingress.port)
    for (const one of [first, second, first]) {
      const answered = one.received.length
      one.send(postHead({ 'content-length': '0' }))
      await eventually(() => one.received.length > answered)
    }
    await using third = await rawConnection(ingress.port)
    third.send(postHead({ 'content-length': '0' }))
    await third.until(/ 202 /)
    expect(await second.closed).toMatch(/ 202 /)
    first.send(postHead({ 'content-length': '0' }))
    await first.until(/( 202 [^]*){3}/)
  })

  test('beyond the cap is closed where all are busy, and those within are served', async () => {
    await using ingress = await startIngress({ limits: { connections: 2 } })
    await using first = await rawConnection(ingress.port)
    await using second = await rawConnection(ingress.port)
    for (const one of [first, second]) {
      one.send(postHead({ 'content-length': '2', expect: '100-continue' }))
      await one.until(/ 100 /)
    }
    const third = await rawConnection(ingress.port)
    expect(await third.closed).toBe('')
    for (const one of [first, second]) {
      one.send('hi')
      await one.until(/ 202 /)
    }
  })
})

describe('what is not HTTP as it should be', () => {
  test.each([
    ['nonsense', 'hello\r\n\r\n', 400],
    ['two lengths', postHead({ 'content-length': '2', 'Content-Length': '3' }), 400],
    ['chunked and a length', postHead({ 'content-length': '2', 'transfer-encoding': 'chunked' }), 400],
    ['no Host', 'POST /default/default HTTP/1.1\r\ncontent-length: 0\r\n\r\n', 400],
    ['a NUL in a header', postHead({ 'ce-id': 'a\0b', 'content-length': '0' }), 400],
    ['more than 64 KiB of headers', postHead({ 'x-large': 'x'.repeat(66_000), 'content-length': '0' }), 431],
  ])('%s is refused and the connection closed', async (_what, text, status) => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(text)
    expect(await raw.closed).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(ingress.accepted).toEqual([])
    expect(ingress.errors).toEqual([])
  })

  test('too many headers are 431 on a connection that has served before, and its answer stays whole', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'content-length': '0' }))
    await raw.until(/ 202 /)
    raw.send(postHead({ 'x-large': 'x'.repeat(66_000), 'content-length': '0' }))
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 202 [^]*HTTP\/1\.1 431 [^]*headers-too-large[^]*\}$/)
  })

  test('nonsense behind a request that is being answered does not spoil the answer', async () => {
    const store = Promise.withResolvers<{ kind: 'accepted' }>()
    const arrived = latch()
    const accept = (): Promise<{ kind: 'accepted' }> => {
      arrived.countDown()
      return store.promise
    }
    await using ingress = await startIngress({ accept })
    await using raw = await rawConnection(ingress.port)
    raw.send(`${postHead({ 'content-length': '0' })}nonsense\r\n\r\n`)
    await arrived.open
    store.resolve({ kind: 'accepted' })
    const text = await raw.closed
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 202'])
    expect(text).toMatch(/connection: close/i)
  })

  test('a chunk that is none is 400 at once, and gives its room back', async () => {
    await using ingress = await startIngress({ limits: { bodyBytes: 10, budgetBytes: 10 } })
    await using raw = await rawConnection(ingress.port)
    raw.send(`${postHead({ 'transfer-encoding': 'chunked' })}5\r\nhello\r\nnonsense\r\n`)
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 400 /)
    expect((await post(`${ingress.url}/default/default`, { data: '1234567890' })).status).toBe(202)
  })

  test('a head that does not end is 408', async () => {
    await using ingress = await startIngress({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } })
    await using raw = await rawConnection(ingress.port)
    raw.send('POST /default/default HTTP/1.1\r\nhost: test\r\n')
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 408 [^]*request-timeout/)
  })

  test('a connection that never says a word is closed', async () => {
    await using ingress = await startIngress({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } })
    await using raw = await rawConnection(ingress.port)
    await raw.closed
    expect((await post(`${ingress.url}/default/default`)).status).toBe(202)
  })

  test('a body that does not end is 408, and gives its room back', async () => {
    const limits = { headersTimeoutMs: 50, requestTimeoutMs: 100, bodyBytes: 10, budgetBytes: 10 }
    await using ingress = await startIngress({ limits })
    await using raw = await rawConnection(ingress.port)
    raw.send(`${postHead({ 'content-length': '10' })}123456789`)
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 408 /)
    expect((await post(`${ingress.url}/default/default`, { data: '1234567890' })).status).toBe(202)
  })

  test('3,000 headers are read to the last', async () => {
    await using ingress = await startIngress()
    const headers: Record<string, string> = { 'content-length': '0' }
    for (let i = 0; i < 3_000; i++) headers[`x-${i}`] = '1'
    headers['ce-last'] = 'here'
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead(headers))
    await raw.until(/ 202 /)
    expect(ingress.accepted[0]?.record.event.attributes['last']).toBe('here')
  })
})

describe('a stop', () => {
  test('finishes what is under way with Connection: close, and takes no more connections', async () => {
    const arrived = latch()
    const store = Promise.withResolvers<{ kind: 'accepted' }>()
    const accept = (): Promise<{ kind: 'accepted' }> => {
      arrived.countDown()
      return store.promise
    }
    await using ingress = await startIngress({ accept })
    const underWay = post(`${ingress.url}/default/default`)
    await arrived.open
    const stopped = ingress.server.stop(new AbortController().signal)
    await eventually(() => exchange('GET', `${ingress.url}/`).then(() => false, isRefused))
    store.resolve({ kind: 'accepted' })
    expect(await underWay).toMatchObject({ status: 202, headers: { connection: 'close' } })
    await stopped
  })

  test('lets a body that has begun come to its end', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'content-length': '4', expect: '100-continue' }))
    await raw.until(/ 100 /)
    const stopped = ingress.server.stop(new AbortController().signal)
    raw.send('done')
    expect(await raw.closed).toMatch(/ 202 [^]*connection: close/i)
    await stopped
  })

  test('closes idle and silent connections at once', async () => {
    await using ingress = await startIngress()
    await using idle = await rawConnection(ingress.port)
    idle.send(postHead({ 'content-length': '0' }))
    await idle.until(/ 202 /)
    await using silent = await rawConnection(ingress.port)
    await ingress.server.stop(new AbortController().signal)
    await Promise.all([idle.closed, silent.closed])
  })

  test('cuts what does not end when the deadline comes', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'content-length': '4', expect: '100-continue' }))
    await raw.until(/ 100 /)
    const deadline = new AbortController()
    const stopped = ingress.server.stop(deadline.signal)
    deadline.abort()
    await Promise.all([stopped, raw.closed])
    expect(ingress.accepted).toEqual([])
  })
})

test('what is refused is published with its code: known paths, unknown ones, other methods, and what is no HTTP', async () => {
  const rejected: EventRejected[] = []
  const channels = createChannels()
  const end = channels.eventRejected.subscribe((message) => rejected.push(message))
  await using ingress = await startIngress({ channels })
  await post(`${ingress.url}/default/default`, { specversion: '7' })
  await post(`${ingress.url}/default/${'x'.repeat(500)}`)
  for (const accept of ['*/*', 'text/html'])
    await exchange('GET', `${ingress.url}/default/default`, { headers: { accept } })
  await exchange('OPTIONS', `${ingress.url}/default/default`)
  await using raw = await rawConnection(ingress.port)
  raw.send('hello\r\n\r\n')
  await raw.closed
  end()
  const otherMethod = {
    path: '/default/default',
    addressable: { path: '/default/default' },
    status: 405,
    code: 'method-not-allowed',
    detail: '/default/default takes CloudEvents by POST; "GET" is not allowed',
  }
  expect(rejected).toMatchObject([
    {
      path: '/default/default',
      addressable: { path: '/default/default' },
      status: 400,
      code: 'unknown-specversion',
    },
    { addressable: undefined, status: 404, code: 'no-such-addressable' },
    otherMethod,
    otherMethod,
    { path: '', addressable: undefined, status: 400, code: 'bad-request' },
  ])
  expect(rejected[1]?.path.length).toBeLessThan(200)
})

test('a port that is taken makes start fail', async () => {
  await using ingress = await startIngress()
  await expect(startIngress({ listen: { host: '127.0.0.1', port: ingress.port } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

test('localhost listens on every address of it', async () => {
  await using ingress = await startIngress({ listen: { host: 'localhost', port: 0 } })
  const socket = connect(ingress.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
})

function isRefused(error: unknown): boolean {
  return (error as { code?: string }).code === 'ECONNREFUSED'
}
