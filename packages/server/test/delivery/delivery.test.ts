import { eventually, receiver } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { route, startMill, topology } from './flow-fixture.ts'

const url = (target: { url: string }) => ({ kind: 'url', url: target.url }) as const

describe('delivery', () => {
  test('an event reaches each route that matches, once, with its attributes and data', async () => {
    await using sink = await receiver()
    const routes = [
      route({ name: 'a', type: 'a', destination: url(sink.path('/a')) }),
      route({ name: 'all', destination: url(sink.path('/all')) }),
      route({ name: 'b', type: 'b', destination: url(sink.path('/b')) }),
    ]
    await using mill = await startMill(topology(routes))
    const [id = ''] = await mill.post(1)
    await sink.received(2)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.path('/a').ids).toEqual([id])
    expect(sink.path('/all').ids).toEqual([id])
    expect(sink.path('/b').count).toBe(0)
    const request = sink.path('/a').requests[0]
    expect(request?.headers).toMatchObject({
      'ce-type': 'a',
      prefer: 'reply',
      'kn-namespace': 'default',
      'x-request-id': `r-${id}`,
    })
    expect(request?.headers).not.toHaveProperty('ce-knativebrokerttl')
    expect(request?.body.toString()).toBe(`{"id":"${id}"}`)
  })

  test('a failing subscriber is tried again until it takes the event', async () => {
    await using sink = await receiver()
    sink.replyWith(503, 500, 200)
    await using mill = await startMill(topology([route({ name: 'a', destination: url(sink) })]))
    await mill.post(1)
    await sink.received(3)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.count).toBe(3)
  })

  test('a status that is not retried makes a dead letter at once, kept in the store without a sink', async () => {
    await using sink = await receiver()
    sink.replyWith({ status: 400, body: 'no' })
    await using mill = await startMill(topology([route({ name: 'a', destination: url(sink) })]))
    const [id] = await mill.post(1)
    const [letter] = await eventually(async () => {
      const letters = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letters).toHaveLength(1)
      return letters
    })
    expect(letter?.details).toMatchObject({ code: 400, attempts: 1, type: 'a', body: 'bm8=' })
    expect(sink.ids).toEqual([id])
    expect(await mill.unsettled()).toBe(0)
  })

  test('a dead letter goes to its sink with the three extensions, without Prefer', async () => {
    await using sink = await receiver()
    sink.path('/bad').replyWith({ status: 410, body: 'gone' })
    const routes = [
      route({
        name: 'a',
        destination: url(sink.path('/bad')),
        deadLetter: { kind: 'route', route: '/default/b|Trigger|default/a|deadletter' },
      }),
      route({ name: 'a', role: 'deadletter', reply: undefined, destination: url(sink.path('/dead')) }),
    ]
    await using mill = await startMill(topology(routes))
    await mill.post(1)
    await sink.path('/dead').received(1)
    const headers = sink.path('/dead').requests[0]?.headers
    expect(headers).toMatchObject({
      'ce-id': 'e1',
      'ce-knativeerrordest': sink.path('/bad').url,
      'ce-knativeerrorcode': '410',
      'ce-knativeerrordata': 'Z29uZQ==',
    })
    expect(headers).not.toHaveProperty('prefer')
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(await mill.storage.deadLetters.list({ limit: 10 })).toEqual([])
  })

  test('a dead letter that its sink does not take rests in the store with both failures', async () => {
    await using sink = await receiver()
    sink.path('/bad').replyWith(410)
    sink.path('/dead').replyWith(400)
    const routes = [
      route({
        name: 'a',
        destination: url(sink.path('/bad')),
        deadLetter: { kind: 'route', route: '/default/b|Trigger|default/a|deadletter' },
      }),
      route({ name: 'a', role: 'deadletter', reply: undefined, destination: url(sink.path('/dead')) }),
    ]
    await using mill = await startMill(topology(routes))
    await mill.post(1)
    await eventually(async () => {
      const [letter] = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letter?.details).toMatchObject({ code: 410, more: { deadLetterSink: { code: 400 } } })
      expect(letter?.route).toBe(mill.flow.current.numberOf('/default/b|Trigger|default/a|subscriber'))
    })
  })

  test('a reply goes to the broker with the TTL of its cause spent by one, and is routed there', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ event: { id: 'r1', type: 'b', source: '/r' } })
    const routes = [
      route({ name: 'a', type: 'a', destination: url(sink.path('/a')) }),
      route({ name: 'b', type: 'b', destination: url(sink.path('/b')) }),
    ]
    await using mill = await startMill(topology(routes))
    await mill.post(1)
    await sink.path('/b').received(1)
    expect(sink.path('/b').ids).toEqual(['r1'])
  })

  test('a reply may have as many headers as an event at ingress: 64 KiB', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ event: { id: 'r1', type: 'b', source: '/r', wide: 'x'.repeat(60_000) } })
    const routes = [
      route({ name: 'a', type: 'a', destination: url(sink.path('/a')) }),
      route({ name: 'b', type: 'b', destination: url(sink.path('/b')) }),
    ]
    await using mill = await startMill(topology(routes))
    await mill.post(1)
    await sink.path('/b').received(1)
    expect(sink.path('/b').requests[0]?.body.toString()).toContain('x'.repeat(60_000))
  })

  test('a reply whose TTL is spent is dead-lettered itself, and the delivery is done', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ event: { id: 'r1', type: 'a', source: '/r' } })
    await using mill = await startMill(
      topology([route({ name: 'a', type: 'a', destination: url(sink.path('/a')) })]),
    )
    await mill.post(1, 'a', '/default/b', { knativebrokerttl: 3 })
    await eventually(async () => {
      const [letter] = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letter?.details.reason).toContain('knativebrokerttl')
      expect(letter?.details.ofReply).toBe(true)
    })
    expect(sink.path('/a').ids).toEqual(['e1', 'r1', 'r1'])
    expect(await mill.unsettled()).toBe(0)
  })

  test('a 2xx whose body is no CloudEvent is delivered', async () => {
    await using sink = await receiver()
    sink.replyWith({ status: 200, body: 'thanks', headers: { 'content-type': 'text/plain' } })
    await using mill = await startMill(topology([route({ name: 'a', destination: url(sink) })]))
    await mill.post(1)
    await sink.received(1)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(await mill.storage.deadLetters.list({ limit: 10 })).toEqual([])
  })

  test('a malformed CloudEvent in a 2xx is a failed delivery and retried', async () => {
    await using sink = await receiver()
    sink.replyWith(
      { status: 200, body: '{', headers: { 'content-type': 'application/cloudevents+json' } },
      202,
    )
    await using mill = await startMill(topology([route({ name: 'a', destination: url(sink) })]))
    await mill.post(1)
    await sink.received(2)
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('a reply larger than the limit is dead-lettered itself with the reason, and the delivery is done', async () => {
    await using sink = await receiver()
    sink.replyWith({ event: { id: 'big', type: 'b', source: '/r', data: 'x'.repeat(100_000) } })
    await using mill = await startMill(topology([route({ name: 'a', type: 'a', destination: url(sink) })]))
    await mill.post(1)
    await eventually(async () => {
      const [letter] = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letter?.details.reason).toContain('larger than')
      expect(letter?.details.ofReply).toBe(true)
    })
    expect(sink.count).toBe(1)
    expect(await mill.unsettled()).toBe(0)
  })

  test('a reply larger than the limit that is dead-lettered to its own broker comes round until its TTL is spent', async () => {
    await using sink = await receiver()
    sink.replyWith({ event: { id: 'big', type: 'a', source: '/r', data: 'x'.repeat(100_000) } })
    const deadLetter = { kind: 'addressable', path: '/default/b' } as const
    await using mill = await startMill(
      topology([route({ name: 'a', type: 'a', destination: url(sink), deadLetter })]),
    )
    await mill.post(1, 'a', '/default/b', { knativebrokerttl: 3 })
    await eventually(async () => {
      const [letter] = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letter?.details.more).toEqual({ deadLetterSink: { reason: expect.stringContaining('ttl') } })
    })
    expect(sink.count).toBe(3)
    expect(await mill.unsettled()).toBe(0)
  })

  test('a dead reply whose sink does not take it stays known as a reply', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ event: { id: 'big', type: 'b', source: '/r', data: 'x'.repeat(100_000) } })
    sink.path('/dead').replyWith(400)
    const shared = { name: 'a', type: 'a' }
    await using mill = await startMill(
      topology([
        route({
          ...shared,
          destination: url(sink.path('/a')),
          deadLetter: { kind: 'route', route: '/default/b|Trigger|default/a|deadletter' },
        }),
        route({ ...shared, role: 'deadletter', destination: url(sink.path('/dead')) }),
      ]),
    )
    await mill.post(1)
    await eventually(async () => {
      const [letter] = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letter?.route).toBe(mill.flow.current.numberOf('/default/b|Trigger|default/a|subscriber'))
      expect(letter?.details.ofReply).toBe(true)
    })
  })

  test('an attempt that takes longer than its timeout is a failure', async () => {
    await using sink = await receiver()
    sink.hold()
    const slow = route({ name: 'a', destination: url(sink), policy: { timeoutMs: 50, retry: 0 } })
    await using mill = await startMill(topology([slow]))
    await mill.post(1)
    await eventually(async () => {
      const [letter] = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letter?.details.reason).toBe('dispatch error: timeout after 50 ms')
    })
    sink.release()
  })

  test('a subscriber that is another addressable gets the event in one step of the store', async () => {
    await using sink = await receiver()
    const routes = [
      route({ name: 'over', destination: { kind: 'addressable', path: '/default/c' } }),
      route({ name: 'c', addressable: '/default/c', destination: url(sink) }),
    ]
    await using mill = await startMill(topology(routes, ['/default/b', '/default/c']))
    await mill.post(1)
    await sink.received(1)
    expect(sink.ids).toEqual(['e1'])
  })

  test('two addressables that feed each other stop when the TTL is spent', async () => {
    const routes = [
      route({ name: 'over', destination: { kind: 'addressable', path: '/default/c' } }),
      route({
        name: 'back',
        addressable: '/default/c',
        destination: { kind: 'addressable', path: '/default/b' },
      }),
    ]
    await using mill = await startMill(topology(routes, ['/default/b', '/default/c']))
    await mill.post(1)
    await eventually(async () => {
      const [letter] = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letter?.details.reason).toContain('knativebrokerttl')
    })
    expect(await mill.unsettled()).toBe(0)
  })
})
