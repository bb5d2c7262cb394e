import { eventually, exchange, post, receiver, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, trigger } from './fixture/manifests.ts'
import { brokerUrl } from './fixture/producing.ts'

const guarded = broker('default', { annotations: { 'millrace.dev/ingress-token': 'producers/token' } })

function secret(token: string): string {
  const metadata = { name: 'producers' }
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { token } })
}

async function statusWith(millrace: Millrace, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await post(brokerUrl(millrace), {}, { headers })).status
}

test('the token of a broker follows its Secret over reloads, and is never shown', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({
    manifests: { 'broker.yaml': guarded + trigger('t', sink.url) },
    args: ['--log-level', 'debug'],
  })
  expect(await statusWith(millrace, 'hunter1')).toBe(503)

  await millrace.write('secret.yaml', secret('hunter1'))
  await eventually(async () => (await statusWith(millrace, 'hunter1')) === 202)
  expect((await post(brokerUrl(millrace))).status).toBe(401)

  await millrace.write('secret.yaml', secret('hunter1\nhunter2'))
  await eventually(async () => (await statusWith(millrace, 'hunter2')) === 202)
  expect(await statusWith(millrace, 'hunter1')).toBe(202)

  await millrace.write('secret.yaml', secret('hunter2'))
  await eventually(async () => (await statusWith(millrace, 'hunter1')) === 401)

  await sink.received(1)
  expect(sink.requests[0]?.headers['authorization']).toBeUndefined()
  const shown = await exchange('GET', `${millrace.admin}/api/resources`)
  expect(shown.text + millrace.stderr).not.toMatch(/hunter\d/)
})
