import { eventually, receiver, startMillrace } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters, settled } from '../fixture/admin.ts'
import { broker, retries, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { acceptAll, brokerUrl } from '../fixture/producing.ts'

function structured(event: object): { headers: Record<string, string>; body: string } {
  return { headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(event) }
}

describe('what a subscriber answers', () => {
  const reply = { id: 'r1', source: '/sub', type: 'reply', data: { ok: true } }
  const whole = { specversion: '1.0', id: 'r1', source: '/sub', type: 'reply' }
  /** The answer, and what comes of it. */
  const cases = [
    {
      name: 'event-200',
      rule: 'a 200 with an event is a reply',
      answer: { event: reply },
      replies: 1,
      attempts: 1,
    },
    {
      name: 'event-201',
      rule: 'another 2xx with an event is a reply',
      answer: { status: 201, event: reply },
      replies: 1,
      attempts: 1,
    },
    {
      name: 'event-202',
      rule: 'a 202 with an event is no reply',
      answer: { status: 202, event: reply },
      replies: 0,
      attempts: 1,
    },
    {
      name: 'structured',
      rule: 'a structured event is a reply',
      answer: structured(whole),
      replies: 1,
      attempts: 1,
    },
    {
      name: 'text',
      rule: 'a 2xx whose body is not a CloudEvent is delivered, without a reply',
      answer: { headers: { 'content-type': 'text/plain' }, body: 'thanks' },
      replies: 0,
      attempts: 1,
    },
    {
      name: 'json',
      rule: 'a 2xx with plain JSON is delivered, without a reply',
      answer: { headers: { 'content-type': 'application/json' }, body: '{"ok":true}' },
      replies: 0,
      attempts: 1,
    },
    {
      name: 'unknown',
      rule: 'an unknown ce-specversion is no reply',
      answer: { headers: { 'ce-specversion': '7.0', 'ce-id': '1' }, body: 'x' },
      replies: 0,
      attempts: 1,
    },
    {
      name: 'malformed-structured',
      rule: 'a malformed structured event is a failed delivery, retried',
      answer: structured({ ...whole, type: undefined }),
      replies: 0,
      attempts: 2,
    },
    {
      name: 'malformed-json',
      rule: 'a structured event that is no JSON is a failed delivery, retried',
      answer: { headers: { 'content-type': 'application/cloudevents+json' }, body: '{' },
      replies: 0,
      attempts: 2,
    },
    {
      name: 'malformed-binary',
      rule: 'a malformed binary event of a known specversion is a failed delivery, retried',
      answer: { headers: { 'ce-specversion': '1.0', 'ce-type': 'reply' }, body: '{}' },
      replies: 0,
      attempts: 2,
    },
    { name: 'empty', rule: 'an empty 2xx is delivered', answer: 200, replies: 0, attempts: 1 },
  ]
  const shared = oneServer(
    (urlOf) =>
      broker() +
      trigger('replies', urlOf('/replies'), { attributes: { type: 'reply' } }) +
      cases
        .map(({ name }) =>
          trigger(name, urlOf(`/${name}`), { attributes: { type: name }, delivery: retries(1) }),
        )
        .join(''),
  )

  test.each(cases)('$rule', async ({ name, answer, replies, attempts }) => {
    const { sink, millrace } = shared
    const path = sink.path(`/${name}`)
    const before = sink.path('/replies').count
    path.replyWith(answer, 200)
    await acceptAll(brokerUrl(millrace), [{ type: name }])
    await path.received(attempts)
    await settled(millrace)
    expect(path.count).toBe(attempts)
    expect(sink.path('/replies').count - before).toBe(replies)
    expect(await deadLetters(millrace)).toEqual([])
  })
})

describe('a reply', () => {
  test('passes through the broker with the hops of its original, which subscribers never see', async () => {
    await using sink = await receiver()
    // a loop: each reply matches the trigger again
    sink.replyWith({ event: { id: 'again', type: 'loop', knativebrokerttl: 200 } })
    await using millrace = await startMillrace({ manifests: broker() + trigger('loop', sink.url) })
    await acceptAll(brokerUrl(millrace), [{ id: 'first', type: 'loop', knativebrokerttl: 4 }])
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(1))
    await settled(millrace)
    // 4 is spent to 3 at ingress, and each reply spends one
    expect(sink.ids).toEqual(['first', 'again', 'again'])
    for (const { headers } of sink.requests) expect(headers).not.toHaveProperty('ce-knativebrokerttl')
    const [letter] = await deadLetters(millrace)
    expect(letter).toMatchObject({
      route: 'loop',
      event: { id: 'again' },
      reason: expect.stringContaining('knativebrokerttl'),
    })
  })

  test('beyond the body limit is dead-lettered itself, and the delivery is done', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ event: { id: 'huge', type: 'reply', data: 'x'.repeat(20_000) } })
    await using millrace = await startMillrace({
      manifests:
        broker() +
        trigger('a', sink.path('/a').url, { attributes: { type: 'a' } }) +
        trigger('b', sink.path('/b').url, { attributes: { type: 'reply' } }),
      args: ['--body-limit', '10Ki'],
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1', type: 'a' }])
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(1))
    await settled(millrace)
    expect((await deadLetters(millrace))[0]).toMatchObject({
      route: 'a',
      event: { id: 'huge' },
      reason: expect.stringMatching(/reply.*larger/),
    })
    expect(sink.path('/a').count).toBe(1)
    expect(sink.path('/b').count).toBe(0)
  })

  test('carries its data and extensions on, and the tracing headers of the answer', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({
      event: {
        id: 'r',
        type: 'reply',
        tenant: 'blue',
        data: '{"n":12345678901234567890}',
        datacontenttype: 'application/json',
      },
      headers: { 'knative-x': '1', 'x-b3-traceid': 'abc', 'x-private': 'no' },
    })
    await using millrace = await startMillrace({
      manifests:
        broker() +
        trigger('a', sink.path('/a').url, { attributes: { type: 'a' } }) +
        trigger('b', sink.path('/b').url, { attributes: { type: 'reply' } }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1', type: 'a' }])
    await sink.path('/b').received(1)
    const [request] = sink.path('/b').requests
    expect(request?.headers).toMatchObject({
      'ce-id': 'r',
      'ce-tenant': 'blue',
      'content-type': 'application/json',
      'knative-x': '1',
      'x-b3-traceid': 'abc',
    })
    expect(request?.headers).not.toHaveProperty('x-private')
    expect(request?.body.toString()).toBe('{"n":12345678901234567890}')
  })
})
