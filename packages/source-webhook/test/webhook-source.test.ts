import { createHmac } from 'node:crypto'
import { Caller, sourceConformance, TestHost, TestStore } from '@millrace/source-sdk/conformance'
import { expect, test, vi } from 'vitest'
import { source } from '../src/index.ts'

const key = Buffer.from('of the hook').toString('base64')

const manifest = {
  spec: {
    verify: { scheme: 'standard', secret: { secretKeyRef: { name: 'pay', key: 'hook' } } },
    event: { type: { pointer: '/type' }, id: { header: 'webhook-id' } },
  },
  secrets: { pay: { hook: `whsec_${key}` } },
}

sourceConformance('WebhookSource', {
  source,
  async open() {
    let now = Date.now
    const sender = new Caller((id) => {
      const time = String(Math.floor(now() / 1000))
      const text = '{"type":"com.example.paid"}'
      const signature = createHmac('sha256', Buffer.from(key, 'base64'))
        .update(`${id}.${time}.${text}`)
        .digest('base64')
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': time,
        'webhook-signature': `v1,${signature}`,
      }
      return { method: 'POST', query: '', headers, body: new TextEncoder().encode(text) }
    })
    return {
      manifest,
      happen(count, host) {
        now = () => host.clock.now()
        return sender.happen(count, host)
      },
      again: (host) => sender.again(host),
      [Symbol.asyncDispose]: async () => sender[Symbol.dispose](),
    }
  },
  badCredentials: (right) => ({ ...right, secrets: { pay: { hook: 'whsec_b2Ygc29tZWJvZHkgZWxzZQ==' } } }),
  without: { 'resumes after upstream was away': 'upstream calls, and sends again what was not acknowledged' },
})

test('a secret that cannot be one of its scheme is a condition, and requests are asked to come again', async () => {
  const host = new TestHost({
    source,
    manifest: { ...manifest, secrets: { pay: { hook: 'not base64!' } } },
    store: new TestStore(),
    http: () => Promise.reject(new Error('it asks nobody')),
  })
  host.start()
  await vi.waitFor(() =>
    expect(host.conditions.get('SecretsProvided')).toEqual({
      status: 'False',
      reason: 'SecretInvalid',
      message: 'the secret of scheme "standard" must be base64, such as whsec_…',
    }),
  )
  const headers = { 'webhook-id': '1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' }
  expect(await host.call({ method: 'POST', query: '', headers, body: new Uint8Array() })).toEqual({
    kind: 'unavailable',
  })
  await host.stop()
})
