import { decodeRecord } from '@millrace/storage'
import { eventually, receiver } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { route, startMill, topology, type RouteParts } from './flow-fixture.ts'

const id = (role: string) => `/default/b|Trigger|default/a|${role}`
const url = (target: { url: string }) => ({ kind: 'url', url: target.url }) as const

/** A subscriber at /sub whose replies go to /reply, and dead letters to /dead where `sink` says so. */
function routesOf(to: (path: string) => { url: string }, sink: boolean, policy: RouteParts['policy'] = {}) {
  const deadLetter = sink ? ({ kind: 'route', route: id('deadletter') } as const) : undefined
  const shared = { name: 'a', policy, reply: undefined }
  return [
    route({
      ...shared,
      destination: url(to('/sub')),
      reply: { kind: 'route', route: id('reply') },
      deadLetter,
    }),
    route({ ...shared, role: 'reply', destination: url(to('/reply')), deadLetter }),
    ...(sink ? [route({ ...shared, role: 'deadletter', destination: url(to('/dead')) })] : []),
  ]
}

const answer = { event: { id: 'r1', type: 'done', source: '/r', data: 'thanks' } }

describe('a reply to a URL', () => {
  test('is a delivery of its own: as the subscriber gave it, without Prefer', async () => {
    await using sink = await receiver()
    sink.path('/sub').replyWith(answer)
    await using mill = await startMill(topology(routesOf((path) => sink.path(path), false)))
    await mill.post(1)
    await sink.path('/reply').received(1)
    const [request] = sink.path('/reply').requests
    expect(request?.headers).toMatchObject({ 'ce-id': 'r1', 'ce-type': 'done', 'kn-namespace': 'default' })
    expect(request?.headers).not.toHaveProperty('prefer')
    expect(request?.headers).not.toHaveProperty('ce-knativebrokerttl')
    expect(request?.body.toString()).toBe('thanks')
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('is retried by itself: the subscriber is never run again', async () => {
    await using sink = await receiver()
    sink.path('/sub').replyWith(answer)
    sink.path('/reply').replyWith(503, 503, 202)
    await using mill = await startMill(topology(routesOf((path) => sink.path(path), false)))
    await mill.post(1)
    await sink.path('/reply').received(3)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.path('/sub').count).toBe(1)
    expect(await mill.storage.deadLetters.list({ limit: 10 })).toEqual([])
  })

  test('that fails for good dead-letters the original, with the reply URL as knativeerrordest', async () => {
    await using sink = await receiver()
    sink.path('/sub').replyWith(answer)
    sink.path('/reply').replyWith({ status: 410, body: 'gone' })
    await using mill = await startMill(topology(routesOf((path) => sink.path(path), true)))
    const [original] = await mill.post(1)
    await sink.path('/dead').received(1)
    const [letter] = sink.path('/dead').requests
    expect(letter?.headers).toMatchObject({
      'ce-id': original,
      'ce-type': 'a',
      'ce-knativeerrordest': sink.path('/reply').url,
      'ce-knativeerrorcode': '410',
      'ce-knativeerrordata': 'Z29uZQ==',
    })
    expect(letter?.body.toString()).toBe(`{"id":"${original}"}`)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.path('/sub').count).toBe(1)
    expect(await mill.storage.deadLetters.list({ limit: 10 })).toEqual([])
  })

  test('that fails for good without a sink: the original rests in the store with the reply attached', async () => {
    await using sink = await receiver()
    sink.path('/sub').replyWith(answer)
    sink.path('/reply').replyWith(410)
    await using mill = await startMill(topology(routesOf((path) => sink.path(path), false)))
    const [original] = await mill.post(1)
    const [letter] = await eventually(async () => {
      const letters = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letters).toHaveLength(1)
      return letters
    })
    expect(letter?.route).toBe(mill.flow.current.numberOf(id('reply')))
    expect(letter?.details).toMatchObject({ code: 410, destination: sink.path('/reply').url, type: 'a' })
    const { event, attached, headers } = decodeRecord(letter?.record ?? new Uint8Array())
    expect([event.attributes['id'], headers]).toEqual([original, { 'x-request-id': `r-${original}` }])
    expect(attached).toMatchObject({ as: 'reply', event: { attributes: { id: 'r1', type: 'done' } } })
    expect(new TextDecoder().decode(attached?.event.data)).toBe('thanks')
    expect(await mill.unsettled()).toBe(0)
  })

  test('whose dead letter its sink refuses rests with both failures and the reply', async () => {
    await using sink = await receiver()
    sink.path('/sub').replyWith(answer)
    sink.path('/reply').replyWith(410)
    sink.path('/dead').replyWith(400)
    await using mill = await startMill(topology(routesOf((path) => sink.path(path), true)))
    const [original] = await mill.post(1)
    const [letter] = await eventually(async () => {
      const letters = await mill.storage.deadLetters.list({ limit: 10 })
      expect(letters).toHaveLength(1)
      return letters
    })
    expect(letter?.route).toBe(mill.flow.current.numberOf(id('reply')))
    expect(letter?.details).toMatchObject({ code: 410, more: { deadLetterSink: { code: 400 } } })
    const { event, attached } = decodeRecord(letter?.record ?? new Uint8Array())
    expect(event.attributes).not.toHaveProperty('knativeerrordest')
    expect([event.attributes['id'], attached?.as]).toEqual([original, 'reply'])
  })

  test('a subscriber without a reply target: what it answers is dropped, malformed or not', async () => {
    await using sink = await receiver()
    sink.replyWith(answer, {
      status: 200,
      body: '{',
      headers: { 'content-type': 'application/cloudevents+json' },
    })
    const only = route({ name: 'a', destination: url(sink), reply: undefined })
    await using mill = await startMill(topology([only]))
    await mill.post(2)
    await sink.received(2)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sink.count).toBe(2)
  })
})
