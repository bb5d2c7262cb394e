import type { Addressable } from '@millrace/core'
import { exchange, post, type Answer } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { brokerWith, compiled } from '../topology-of.ts'
import { postHead, rawConnection } from './raw-connection.ts'
import { startIngress, type TestIngress } from './start-ingress.ts'

/** An ingress whose `/default/default` takes these tokens. */
async function guardedBy(...tokens: readonly string[]): Promise<TestIngress> {
  const { topology } = await compiled(brokerWith('default', []))
  const addressables = new Map<string, Addressable>()
  for (const [path, addressable] of topology.addressables) addressables.set(path, { ...addressable, tokens })
  return startIngress({ addressables: () => addressables })
}

function send(ingress: TestIngress, authorization?: string): Promise<Answer> {
  const headers = authorization === undefined ? {} : { authorization }
  return post(`${ingress.url}/default/default`, {}, { headers })
}

describe('a broker with tokens', () => {
  test.each(['Bearer one', 'bearer two', 'BEARER  one '])('takes an event with %s', async (authorization) => {
    await using ingress = await guardedBy('one', 'two')
    expect((await send(ingress, authorization)).status).toBe(202)
    expect(ingress.accepted).toHaveLength(1)
  })

  test('takes a token by its bytes', async () => {
    await using ingress = await guardedBy('café')
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'content-length': '0', authorization: 'Bearer caf\u00c3\u00a9' }))
    await raw.until(/ 202 /)
  })

  test.each([undefined, '', 'one', 'Basic b25lOm9uZQ==', 'Bearer', 'Bearer ', 'Bearer one two', 'Bearerone'])(
    'asks for one: %s',
    async (authorization) => {
      await using ingress = await guardedBy('one')
      const answer = await send(ingress, authorization)
      expect(answer).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="/default/default"' },
      })
      expect(JSON.parse(answer.text)).toMatchObject({ status: 401, code: 'unauthorized' })
      expect(ingress.accepted).toEqual([])
    },
  )

  test.each(['Bearer on', 'Bearer onee', 'Bearer ONE', 'Bearer one,two', 'Bearer one\ttwo'])(
    'refuses another: %s',
    async (authorization) => {
      await using ingress = await guardedBy('one', 'two')
      const answer = await send(ingress, authorization)
      expect(answer).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="/default/default", error="invalid_token"' },
      })
      for (const secret of ['one', 'two']) expect(answer.text).not.toContain(`"${secret}"`)
      expect(ingress.accepted).toEqual([])
    },
  )

  test('refuses before the body is read, and without a 100', async () => {
    await using ingress = await guardedBy('one')
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ expect: '100-continue', 'content-length': '1000' }))
    expect(await raw.until(/\}$/)).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('shows nothing more of itself than one without', async () => {
    await using ingress = await guardedBy('one')
    const url = `${ingress.url}/default`
    expect((await exchange('POST', `${url}/other`)).status).toBe(404)
    expect((await exchange('GET', `${url}/default`)).status).toBe(405)
    expect((await exchange('OPTIONS', `${url}/default`)).status).toBe(200)
  })

  test('never lets its token into the event', async () => {
    await using ingress = await guardedBy('one')
    await send(ingress, 'Bearer one')
    expect(JSON.stringify(ingress.accepted[0]?.record)).not.toMatch(/bearer/i)
  })
})

test('a broker whose Secret is missing takes nothing, from nobody', async () => {
  await using ingress = await guardedBy()
  for (const authorization of [undefined, 'Bearer ', 'Bearer x']) {
    const answer = await send(ingress, authorization)
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'secret-missing' })
  }
  expect(ingress.accepted).toEqual([])
})
