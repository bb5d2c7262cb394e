import { exchange } from '@millrace/testkit'
import { expect, test } from 'vitest'
import type { WebhookReply } from '../../src/webhooks.ts'
import { startIngress } from './start-ingress.ts'

test.each<[what: string, reply: WebhookReply]>([
  ['a status that is none', { kind: 'reply', status: 99_999 }],
  ['a header that cannot be sent', { kind: 'reply', status: 200, contentType: 'a\r\nb: c', body: 'x' }],
])('a source that answers with %s is a 500, and the server goes on', async (_, reply) => {
  const webhook = {
    methods: ['POST'],
    bodyLimitBytes: undefined,
    handle: async () => reply,
    tooLarge: () => undefined,
  }
  await using ingress = await startIngress({ webhook: () => webhook })
  for (let call = 0; call < 2; call += 1) {
    const response = await exchange('POST', `${ingress.url}/sources/shop/x`, { body: '{}' })
    expect([response.status, JSON.parse(response.text)]).toMatchObject([500, { code: 'internal' }])
  }
  expect(ingress.errors).toHaveLength(2)
})
