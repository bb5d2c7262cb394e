import { receiver } from '@millrace/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { EgressRules } from '../../src/egress/egress-rules.ts'
import { Upstream } from '../../src/sources/http-call.ts'

async function upstream(deny?: readonly string[]) {
  const client = new Upstream(new EgressRules(deny === undefined ? {} : { deny }))
  onTestFinished(() => client.close())
  const there = await receiver()
  onTestFinished(() => there[Symbol.asyncDispose]())
  return { call: client.call, there }
}

test('a call sends what it is told, and reads the answer', async () => {
  const { call, there } = await upstream()
  there.replyWith({ status: 201, headers: { 'X-Many': 'a' }, body: 'hello' })
  const url = there.url.replace('http://', 'http://me:pass@')
  const answer = await call({ method: 'POST', url: `${url}a?b=c`, headers: { 'x-own': '1' }, body: '{}' })
  expect(answer).toMatchObject({ status: 201, headers: { 'x-many': 'a' } })
  expect(new TextDecoder().decode(answer.body)).toBe('hello')
  expect(there.requests[0]).toMatchObject({
    method: 'POST',
    path: '/a',
    headers: { 'x-own': '1', authorization: `Basic ${btoa('me:pass')}` },
  })
})

test('a call to nobody, one that takes too long and one that is answered too much are retryable', async () => {
  const { call, there } = await upstream()
  const { origin } = new URL(there.url)
  there.replyWith({ body: 'x'.repeat(100) })
  const failing = { name: 'SourceError', kind: 'retryable', reason: 'UpstreamUnreachable' }
  await expect(call({ url: there.url, bodyLimitBytes: 99 })).rejects.toMatchObject({
    ...failing,
    message: `GET ${origin}: the answer is larger than 99 bytes`,
  })
  there.replyWith({ delayMs: 60_000 })
  await expect(call({ url: there.url, timeoutMs: 50 })).rejects.toMatchObject({
    ...failing,
    message: `GET ${origin}: no answer within 50 ms`,
  })
  await there.stop()
  await expect(call({ url: there.url })).rejects.toMatchObject(failing)
})

test('a call goes nowhere that the egress rules deny', async () => {
  const { call, there } = await upstream(['127.0.0.0/8'])
  await expect(call({ url: there.url })).rejects.toThrow(/denied by the egress rules/)
  expect(there.requests).toEqual([])
})
