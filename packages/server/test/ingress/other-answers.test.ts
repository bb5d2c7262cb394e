import { describe, expect, test } from 'vitest'
import { exchange, type Answer } from '@millrace/testkit'
import { postHead, rawConnection } from './raw-connection.ts'
import { noSuchAddressable } from '../../src/ingress/other-answers.ts'
import { startIngress } from './start-ingress.ts'

function detail(answer: Answer): string {
  return (JSON.parse(answer.text) as { detail: string }).detail
}

describe('a path that is no addressable’s', () => {
  test.each([
    '/',
    '/default',
    '/default/default/x',
    '/default/other',
    '//default/default',
    '/%zz',
    '/default/%00',
  ])('%s is 404', async (path) => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'content-length': '0' }, path))
    expect(await raw.until(/\}$/)).toMatch(/^HTTP\/1\.1 404 [^]*no-such-addressable/)
  })

  test('is 404 with the nearest name that exists', async () => {
    await using ingress = await startIngress()
    const answer = await exchange('POST', `${ingress.url}/defualt/default`, { body: 'not looked at' })
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(detail(answer)).toContain('did you mean /default/default?')
  })

  test('names the same name in another namespace before what is spelled alike', () => {
    const refused = noSuchAddressable('/default/orders', ['/default/order', '/shop/orders'])
    expect(refused.detail).toContain('did you mean /shop/orders?')
  })

  test('is 404 before the body: malformed JSON, and more than the limit', async () => {
    await using ingress = await startIngress({ limits: { bodyBytes: 10 } })
    const headers = { 'content-type': 'application/json' }
    for (const body of ['{', 'x'.repeat(100_000)])
      expect((await exchange('POST', `${ingress.url}/default/x`, { headers, body })).status).toBe(404)
  })

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'])('is 404 to %s', async (method) => {
    await using ingress = await startIngress()
    expect((await exchange(method, `${ingress.url}/default/x`)).status).toBe(404)
  })
})

describe('an addressable', () => {
  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
    'answers %s with 405 and Allow',
    async (method) => {
      await using ingress = await startIngress()
      const answer = await exchange(method, `${ingress.url}/default/default`)
      expect(answer.status).toBe(405)
      expect(answer.headers['allow']).toBe('POST, OPTIONS')
      expect(JSON.parse(answer.text)).toMatchObject({ status: 405, code: 'method-not-allowed' })
    },
  )

  test('answers a browser with one sentence of HTML', async () => {
    await using ingress = await startIngress()
    const headers = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }
    const answer = await exchange('GET', `${ingress.url}/default/default`, { headers })
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } })
    expect(answer.headers['content-type']).toMatch(/^text\/html/)
    expect(answer.text).toContain('/default/default')
  })

  test('answers HEAD as GET, without a body', async () => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send('HEAD /default/default HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n')
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 405 [^]*allow: POST, OPTIONS\r\n[^]*\r\n\r\n$/i)
  })

  test('answers OPTIONS as the webhook specification asks', async () => {
    await using ingress = await startIngress()
    const headers = { 'webhook-request-origin': 'example.com' }
    const answer = await exchange('OPTIONS', `${ingress.url}/default/default?x=1`, { headers })
    expect(answer).toMatchObject({
      status: 200,
      text: '',
      headers: { allow: 'POST, OPTIONS', 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' },
    })
  })
})
