import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/index.ts'
import { broker, channel, compileText, documents, subscription } from '../read-text.ts'

const subscriber = 'subscriber: {uri: "http://a/"}'
const id = (role: string) => `/default/c|Subscription|default/s|${role}`
const dead = (name: string) => `deadLetterSink: {uri: "http://${name}/"}`

async function routesOf(...texts: readonly string[]) {
  const { topology } = await compileText(documents(...texts))
  return new Map([...topology.routes.values()].map((route) => [route.role, route]))
}

describe('a channel and its Subscriptions', () => {
  it.each(['Channel', 'InMemoryChannel', 'KafkaChannel'])(
    'a %s is an addressable, each of its Subscriptions a route that every event passes',
    async (kind) => {
      const version = kind === 'KafkaChannel' ? 'messaging.knative.dev/v1beta1' : 'messaging.knative.dev/v1'
      const of = subscription(subscriber, 'name: s', `kind: ${kind}, name: c`)
      const { topology, findings } = await compileText(
        documents(
          channel('c', '{}', kind),
          of.replace(/channel: {apiVersion: [^,]*/, `channel: {apiVersion: ${version}`),
        ),
      )
      expect(findings).toEqual([])
      const addressable = topology.addressables.get('/default/c')
      expect(addressable).toMatchObject({ kind, namespace: 'default', name: 'c' })
      expect(addressable?.routes).toEqual([topology.routes.get(id('subscriber'))])
      expect(addressable?.routes[0]).toMatchObject({
        kind: 'Subscription',
        name: 's',
        destination: { kind: 'url', url: 'http://a/' },
        reply: undefined,
        deadLetter: undefined,
      })
      expect(addressable?.routes[0]?.filter.matches({ type: 'anything' })).toBe(true)
    },
  )

  it('a reply to a Broker or a channel is a step in the store', async () => {
    const reply = 'reply: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: b}}'
    const routes = await routesOf(channel('c'), broker('b'), subscription(`${subscriber}\n${reply}`))
    expect(routes.get('subscriber')?.reply).toEqual({ kind: 'addressable', path: '/default/b' })
    expect(routes.size).toBe(1)
  })

  it("a reply to a URL has a companion route: the subscription's policy and dead-letter sink, never matched", async () => {
    const spec = `${subscriber}\nreply: {uri: "http://r/"}\ndelivery: {retry: 4, ${dead('d')}}`
    const routes = await routesOf(channel('c'), subscription(spec))
    const main = routes.get('subscriber')
    expect(main?.reply).toEqual({ kind: 'route', route: id('reply') })
    expect(routes.get('reply')).toMatchObject({
      id: id('reply'),
      destination: { kind: 'url', url: 'http://r/' },
      policy: main?.policy,
      reply: undefined,
      deadLetter: { kind: 'route', route: id('deadletter') },
    })
    expect(routes.get('reply')?.filter.matches({ type: 'x' })).toBe(false)
    expect(routes.get('deadletter')).toMatchObject({
      destination: { url: 'http://d/' },
      deadLetter: undefined,
    })
  })

  it('a reply without a subscriber forwards', async () => {
    const toUrl = await routesOf(channel('c'), subscription('reply: {uri: "http://r/"}'))
    expect([...toUrl.keys()]).toEqual(['subscriber'])
    expect(toUrl.get('subscriber')).toMatchObject({ destination: { url: 'http://r/' }, reply: undefined })
    const reply = 'reply: {ref: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: d}}'
    const toChannel = await routesOf(channel('c'), channel('d'), subscription(reply))
    expect(toChannel.get('subscriber')).toMatchObject({
      destination: { kind: 'addressable', path: '/default/d' },
      reply: undefined,
    })
  })

  it('while a reply does not resolve, deliveries wait', async () => {
    const reply = 'reply: {ref: {apiVersion: v1, kind: Service, name: later}}'
    const routes = await routesOf(channel('c'), subscription(`${subscriber}\n${reply}`))
    expect(routes.get('subscriber')?.destination).toBeUndefined()
  })

  it("a Subscription's delivery replaces the whole of its channel's, but for the dead-letter sink", async () => {
    const of = channel('c', `{delivery: {retry: 7, timeout: PT9S, ${dead('channel')}}}`)
    const inherited = await routesOf(of, subscription(subscriber))
    expect(inherited.get('subscriber')?.policy).toMatchObject({ retry: 7, timeoutMs: 9_000 })
    const own = await routesOf(of, subscription(`${subscriber}\ndelivery: {retry: 1}`))
    expect(own.get('subscriber')?.policy).toMatchObject({ retry: 1, timeoutMs: 300_000 })
    expect(own.get('deadletter')?.destination).toEqual({ kind: 'url', url: 'http://channel/' })
    const sink = await routesOf(of, subscription(`${subscriber}\ndelivery: {retry: 1, ${dead('own')}}`))
    expect(sink.get('deadletter')?.destination).toEqual({ kind: 'url', url: 'http://own/' })
    const none = await routesOf(channel('c'), subscription(subscriber))
    expect(none.get('subscriber')?.policy).toMatchObject({ retry: 10, backoffPolicy: 'exponential' })
  })

  it.each([
    ['"true"', true],
    ['"false"', undefined],
  ])('millrace.dev/paused: %s is the route of its subscriber’s alone', async (value, paused) => {
    const metadata = `name: s, annotations: {millrace.dev/paused: ${value}}`
    const sink = `${subscriber}\ndelivery: {${dead('own')}}`
    const routes = await routesOf(channel('c'), subscription(sink, metadata))
    expect(routes.get('subscriber')?.paused).toBe(paused)
    expect(routes.get('deadletter')?.paused).toBeUndefined()
  })

  it('millrace.dev/in-flight holds for Subscriptions', async () => {
    const metadata = 'name: s, annotations: {millrace.dev/in-flight: "7"}'
    const routes = await routesOf(channel('c'), subscription(subscriber, metadata))
    expect(routes.get('subscriber')?.inFlight).toBe(7)
  })

  it.each([
    [
      'there is none of that name',
      channel('chan'),
      'channels.messaging.knative.dev "c" not found, declare it in namespace default',
    ],
    ['one is near', channel('cc'), 'channels.messaging.knative.dev "c" not found, did you mean "cc"?'],
    [
      'it is of another kind',
      channel('c', '{}', 'InMemoryChannel'),
      'channels.messaging.knative.dev "c" not found, c is of kind InMemoryChannel; write that kind',
    ],
  ])('a Subscription whose channel is not there has no route: %s', async (_, other, message) => {
    const { topology, findings } = await compileText(documents(other, subscription(subscriber)))
    expect(topology.routes.size).toBe(0)
    expect(findings.map(formatFinding)).toContain(`warning -:10: s: spec.channel: ${message}`)
  })
})
