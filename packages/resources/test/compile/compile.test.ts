import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/index.ts'
import { broker, compileText, documents, trigger } from '../read-text.ts'

const subscriber = 'subscriber: {uri: "http://sink:9000/hook"}'

async function routeOf(text: string, role = 'subscriber') {
  const { topology } = await compileText(text)
  return [...topology.routes.values()].find((route) => route.role === role)
}

async function warningsOf(text: string): Promise<string[]> {
  return (await compileText(text)).findings.map(formatFinding)
}

describe('a Broker and a Trigger', () => {
  const text = documents(broker('orders'), trigger(`broker: orders\n${subscriber}`))

  it('are an addressable and its route', async () => {
    const { topology, findings } = await compileText(text)
    expect(findings).toEqual([])
    const addressable = topology.addressables.get('/default/orders')
    expect([...topology.addressables.keys()]).toEqual(['/default/orders'])
    expect(addressable).toMatchObject({ kind: 'Broker', namespace: 'default', name: 'orders' })
    const id = '/default/orders|Trigger|default/t|subscriber'
    expect([...topology.routes.keys()]).toEqual([id])
    expect(addressable?.routes).toEqual([topology.routes.get(id)])
    expect(topology.routes.get(id)).toMatchObject({
      id,
      role: 'subscriber',
      addressable: '/default/orders',
      kind: 'Trigger',
      namespace: 'default',
      name: 't',
      destination: { kind: 'url', url: 'http://sink:9000/hook' },
      reply: { kind: 'addressable', path: '/default/orders' },
      deadLetter: undefined,
      inFlight: 100,
    })
  })

  it('have the default policy: retry 10, exponential, PT0.2S, PT5M for an attempt', async () => {
    expect((await routeOf(text))?.policy).toEqual({
      retry: 10,
      backoffPolicy: 'exponential',
      backoffDelayMs: 200,
      backoffMaxMs: undefined,
      timeoutMs: 300_000,
      retryAfterMaxMs: 600_000,
      format: undefined,
    })
  })

  it('routes are in the order of the manifests, and belong to the broker of their own namespace', async () => {
    const { topology } = await compileText(
      documents(
        trigger(`broker: b\n${subscriber}`, 'name: z'),
        broker('b'),
        trigger(`broker: b\n${subscriber}`, 'name: a'),
        trigger(`broker: b\n${subscriber}`, 'name: a, namespace: other'),
      ),
    )
    expect(topology.addressables.get('/default/b')?.routes.map(({ name }) => name)).toEqual(['z', 'a'])
    expect(topology.routes.size).toBe(2)
  })

  it('filters replace filter.attributes, and an empty list does not', async () => {
    const both = (filters: string) =>
      documents(
        broker('b'),
        trigger(`broker: b\n${subscriber}\nfilters: ${filters}\nfilter: {attributes: {type: legacy}}`),
      )
    const replaced = await routeOf(both('[{exact: {type: new}}]'))
    expect(replaced?.filter.matches({ type: 'new' })).toBe(true)
    expect(replaced?.filter.matches({ type: 'legacy' })).toBe(false)
    const legacy = await routeOf(both('[]'))
    expect(legacy?.filter.matches({ type: 'new' })).toBe(false)
    expect(legacy?.filter.matches({ type: 'legacy' })).toBe(true)
  })

  it.each([
    ['millrace.dev/in-flight: "7"', 7],
    ['rabbitmq.eventing.knative.dev/parallelism: "8"', 8],
    ['rabbitmq.eventing.knative.dev/parallelism: "8", millrace.dev/in-flight: "7"', 7],
  ])('%s means %i in flight', async (annotations, inFlight) => {
    const metadata = `name: t, annotations: {${annotations}}`
    const route = await routeOf(documents(broker('b'), trigger(`broker: b\n${subscriber}`, metadata)))
    expect(route?.inFlight).toBe(inFlight)
  })

  it('millrace.dev/backoff-max caps the backoff', async () => {
    const metadata = 'name: t, annotations: {millrace.dev/backoff-max: PT10M}'
    const route = await routeOf(documents(broker('b'), trigger(`broker: b\n${subscriber}`, metadata)))
    expect(route?.policy.backoffMaxMs).toBe(600_000)
  })
})

describe('delivery', () => {
  const sink = (name: string) => `deadLetterSink: {uri: "http://${name}/"}`

  it("a Trigger's delivery replaces the whole of its Broker's", async () => {
    const text = documents(
      broker('b', '{delivery: {retry: 5, timeout: PT9S, format: json}}'),
      trigger(`broker: b\n${subscriber}\ndelivery: {backoffDelay: PT1S}`),
    )
    expect((await routeOf(text))?.policy).toMatchObject({
      retry: 0,
      backoffDelayMs: 1_000,
      timeoutMs: 300_000,
      format: undefined,
    })
  })

  it("a Trigger without delivery has its Broker's", async () => {
    const text = documents(
      broker('b', '{delivery: {retry: 5, format: json}}'),
      trigger(`broker: b\n${subscriber}`),
    )
    expect((await routeOf(text))?.policy).toMatchObject({ retry: 5, format: 'json' })
  })

  it.each([
    ['neither', '{}', '', undefined],
    ['the Broker', `{delivery: {retry: 1, ${sink('broker')}}}`, '', 'http://broker/'],
    ['the Trigger', '{}', `delivery: {retry: 1, ${sink('trigger')}}`, 'http://trigger/'],
    [
      'both',
      `{delivery: {retry: 1, ${sink('broker')}}}`,
      `delivery: {retry: 1, ${sink('trigger')}}`,
      'http://trigger/',
    ],
    [
      "the Broker, beside a Trigger's own delivery",
      `{delivery: {retry: 1, ${sink('broker')}}}`,
      'delivery: {retry: 2}',
      'http://broker/',
    ],
  ])('where %s names a dead-letter sink', async (_, brokerSpec, delivery, url) => {
    const text = documents(broker('b', brokerSpec), trigger(`broker: b\n${subscriber}\n${delivery}`))
    const route = await routeOf(text)
    const companion = await routeOf(text, 'deadletter')
    expect(companion?.destination).toEqual(url === undefined ? undefined : { kind: 'url', url })
    expect(route?.deadLetter).toEqual(url === undefined ? undefined : { kind: 'route', route: companion?.id })
  })

  it('a sink that is a URL has a route of its own: same policy, never matched, no sink', async () => {
    const text = documents(
      broker('b'),
      trigger(`broker: b\n${subscriber}\ndelivery: {retry: 4, ${sink('d')}}`),
    )
    const { topology } = await compileText(text)
    const [main, companion] = [...topology.routes.values()]
    expect(companion).toMatchObject({
      id: '/default/b|Trigger|default/t|deadletter',
      role: 'deadletter',
      reply: undefined,
      deadLetter: undefined,
      policy: main?.policy,
    })
    expect(companion?.filter.matches({ type: 'x' })).toBe(false)
    expect(topology.addressables.get('/default/b')?.routes).toEqual([main])
  })

  it('a sink that is a Broker is a step in the store', async () => {
    const reference = '{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: dead}}'
    const text = documents(
      broker('b'),
      broker('dead'),
      trigger(`broker: b\n${subscriber}\ndelivery: {retry: 4, deadLetterSink: ${reference}}`),
    )
    expect((await routeOf(text))?.deadLetter).toEqual({ kind: 'addressable', path: '/default/dead' })
    expect(await routeOf(text, 'deadletter')).toBeUndefined()
  })

  it('dead letters for a Service without a URL wait on their route, for one of no known kind they rest in the store', async () => {
    const to = (ref: string) =>
      documents(
        broker('b'),
        trigger(`broker: b\n${subscriber}\ndelivery: {retry: 4, deadLetterSink: {ref: {${ref}}}}`),
      )
    const service = to('apiVersion: v1, kind: Service, name: s')
    expect((await routeOf(service))?.deadLetter?.kind).toBe('route')
    expect((await routeOf(service, 'deadletter'))?.destination).toBeUndefined()
    expect((await routeOf(to('apiVersion: apps/v1, kind: Deployment, name: s')))?.deadLetter).toBeUndefined()
  })
})

describe('warnings', () => {
  it('a Trigger whose Broker is not there has no route', async () => {
    const text = documents(broker('orders'), trigger(`broker: order\n${subscriber}`))
    expect(await warningsOf(text)).toEqual([
      'warning -:10: t: spec.broker: Broker "order" does not exist in namespace default, did you mean "orders"?',
    ])
    expect(await routeOf(text)).toBeUndefined()
    expect(await warningsOf(trigger(`broker: order\n${subscriber}`))).toEqual([
      'warning -:5: t: spec.broker: Broker "order" does not exist in namespace default, declare it',
    ])
  })

  it('references that lead nowhere', async () => {
    const broken = '{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: orderz}}'
    const text = documents(
      broker('orders', `{delivery: {retry: 1, deadLetterSink: ${broken}}}`),
      trigger(
        'broker: orders\nsubscriber:\n  ref: {apiVersion: v1, kind: Service, name: web}\n' +
          'delivery:\n  retry: 1\n  deadLetterSink:\n    ref: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: c}',
        `name: t, annotations: {knative.dev/dependency: '{"apiVersion":"sources.knative.dev/v1","kind":"PingSource","name":"p"}'}`,
      ),
    )
    expect((await warningsOf(text)).toSorted()).toEqual([
      'warning -:12: t: spec.subscriber.ref: services "web" not found, declare a v1 Service of type ExternalName "web" in namespace default, or set --service-url-template, such as http://{name}:8080',
      'warning -:16: t: spec.delivery.deadLetterSink.ref: channels.messaging.knative.dev "c" not found, declare it in namespace default',
      'warning -:4: orders: spec.delivery.deadLetterSink.ref: brokers.eventing.knative.dev "orderz" not found, did you mean "orders"?',
      'warning -:8: t: metadata.annotations.knative.dev/dependency: Dependency does not exist: pingsources.sources.knative.dev "p" not found, declare it in namespace default',
    ])
  })

  it('filters that never match', async () => {
    const never = 'filters:\n- exact: {type: a}\n- exact: {type: b}'
    expect(await warningsOf(documents(broker('b'), trigger(`broker: b\n${subscriber}\n${never}`)))).toEqual([
      'warning -:12: t: spec.filters: no event can match all (exact type = "a", exact type = "b"), so nothing is ever delivered; take out what contradicts the rest',
    ])
  })

  it('an exact value against a prefix, and two prefixes, never match', async () => {
    for (const filters of [
      '[{exact: {type: com.a.x}}, {prefix: {type: com.b.}}]',
      '[{prefix: {type: com.a.}}, {prefix: {type: com.b.}}]',
      `[{exact: {type: com.a.x}}, {cesql: "type LIKE 'com.b.%'"}]`,
    ]) {
      const text = documents(broker('b'), trigger(`broker: b\n${subscriber}\nfilters: ${filters}`))
      expect((await compileText(text)).findings).toMatchObject([{ path: 'spec.filters' }])
    }
    const fine = '[{exact: {type: com.a.x}}, {prefix: {type: com.a.}}, {prefix: {type: com.}}]'
    const text = documents(broker('b'), trigger(`broker: b\n${subscriber}\nfilters: ${fine}`))
    expect((await compileText(text)).findings).toEqual([])
  })

  it('CESQL that Knative reads otherwise, with both readings, in the conditions too', async () => {
    const filters = `filters:\n- cesql: "a = '1' OR b = '2' AND c = '3'"`
    const text = documents(broker('b'), trigger(`broker: b\n${subscriber}\n${filters}`))
    const [line] = await warningsOf(text)
    expect(line).toMatch(
      /^warning -:13: t: spec\.filters\[0\]\.cesql: is read from left to right, as \(.*\) AND .*, but by Knative as .* OR \(.*\); write the parentheses$/,
    )
    const { statuses } = await compileText(text)
    expect(statuses.get('Trigger default/t')?.conditions).toContainEqual({
      type: 'SubscriptionReady',
      status: 'True',
      reason: 'AmbiguousFilter',
      message: line?.replace(/^.* t: (.*?): /, '$1 '),
    })
  })
})

describe('compile', () => {
  it('every route belongs to its addressable, and every target is there', async () => {
    const names = ['a', 'b', 'c']
    const name = fc.constantFrom(...names)
    const destination = fc.oneof(
      name.map((to) => `{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: ${to}}}`),
      name.map((to) => `{ref: {apiVersion: v1, kind: Service, name: ${to}}}`),
      name.map((to) => `{uri: "http://${to}/"}`),
    )
    const delivery = fc.option(
      destination.map((to) => `delivery: {retry: 1, deadLetterSink: ${to}}`),
      { nil: '' },
    )
    const triggers = fc.array(fc.tuple(name, destination, delivery), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.subarray(names), triggers, async (brokers, all) => {
        const texts = all.map(([of, to, more], index) =>
          trigger(`broker: ${of}\nsubscriber: ${to}\n${more}`, `name: t${index}`),
        )
        const { topology, statuses } = await compileText(
          documents(...brokers.map((of) => broker(of)), ...texts),
        )
        expect(statuses.size).toBe(brokers.length + all.length)
        expect([...topology.addressables.keys()].toSorted()).toEqual(
          brokers.map((of) => `/default/${of}`).toSorted(),
        )
        for (const route of topology.routes.values()) {
          const own = topology.addressables.get(route.addressable)
          expect(own?.routes.includes(route)).toBe(route.role === 'subscriber')
          for (const target of [route.destination, route.reply, route.deadLetter]) {
            if (target?.kind === 'addressable') expect(topology.addressables.has(target.path)).toBe(true)
            if (target?.kind === 'route') expect(topology.routes.get(target.route)?.role).toBe('deadletter')
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
