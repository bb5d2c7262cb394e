import { eventually, post, receiver, runCli, startMillrace } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters, settled, trigger as statusOf, triggers } from '../fixture/admin.ts'
import { broker, document, retries, trigger } from '../fixture/manifests.ts'
import { acceptAll, brokerUrl } from '../fixture/producing.ts'

function serviceRef(name: string): object {
  return { apiVersion: 'v1', kind: 'Service', name }
}

/** A Service as people write it to point outside of a cluster. */
function service(name: string, host: string, port: number): string {
  const spec = { type: 'ExternalName', externalName: host, ports: [{ port }] }
  return document({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })
}

describe('what a subscriber gets', () => {
  test('Prefer, its namespace, tracing and knative headers; nothing else of the producer’s', async () => {
    await using sink = await receiver()
    await using millrace = await startMillrace({
      manifests:
        broker('b', { namespace: 'shop' }) + trigger('t', sink.url, { broker: 'b', namespace: 'shop' }),
    })
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const passed = {
      'x-request-id': 'r1',
      traceparent,
      tracestate: 'a=1',
      'knative-x': 'k',
      'x-b3-traceid': 'b',
    }
    const kept = { authorization: 'Bearer producer', cookie: 'c=1', 'x-own': 'o' }
    await post(`${millrace.ingress}/shop/b`, {}, { headers: { ...passed, ...kept } })
    await sink.received(1)
    const headers = sink.requests[0]?.headers ?? {}
    expect(headers).toMatchObject({ ...passed, prefer: 'reply', 'kn-namespace': 'shop' })
    for (const name of [...Object.keys(kept), 'ce-knativearrivaltime', 'ce-knativebrokerttl'])
      expect(headers).not.toHaveProperty(name)
  })

  test('a user and a password in its URL are sent as Basic and are shown nowhere', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    const uri = new URL(sink.path('/hook').url)
    uri.username = 'me'
    uri.password = 'p%40ss-word'
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', uri.href, { delivery: retries(0) }),
    })
    await acceptAll(brokerUrl(millrace), [{}])
    await settled(millrace)
    const [request] = sink.requests
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss-word').toString('base64')}`)
    expect(await deadLetters(millrace)).toMatchObject([{ destination: sink.path('/hook').url }])
    const shown = await Promise.all(
      [
        ['get', 'triggers', '-o', 'json'],
        ['get', 'trigger', 't', '-o', 'yaml'],
        ['dlq', 'ls', '-o', 'json'],
      ].map(async (args) => (await runCli([...args, '--server', millrace.admin])).stdout),
    )
    for (const text of [...shown, millrace.stderr]) {
      expect(text).toContain('/hook')
      expect(text).not.toMatch(/ss-word/)
    }
  })

  test('${NAME} in a manifest comes from the environment, and $${ is a literal', async () => {
    await using sink = await receiver()
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', '${SINK}hook', { attributes: { type: '$${SINK}' } }),
      env: { SINK: sink.url },
    })
    await acceptAll(brokerUrl(millrace), [{ type: sink.url }, { type: '${SINK}', data: '${SINK}' }])
    await sink.path('/hook').received(1)
    await settled(millrace)
    // nothing is put into events
    expect(sink.requests.map(({ body }) => body.toString())).toEqual(['${SINK}'])
  })
})

describe('a ref', () => {
  test('to a Service of type ExternalName is its URL, with the uri as a path on it', async () => {
    await using sink = await receiver()
    await using millrace = await startMillrace({
      manifests:
        broker() +
        service('orders', '127.0.0.1', sink.port) +
        trigger('whole', { ref: serviceRef('orders') }) +
        trigger('path', { ref: serviceRef('orders'), uri: '/hook?x=1' }),
    })
    await acceptAll(brokerUrl(millrace), [{}])
    await sink.path('/').received(1)
    await sink.path('/hook').received(1)
  })

  test('to a Service without a manifest takes the template', async () => {
    await using sink = await receiver()
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', { ref: serviceRef('orders') }),
      args: ['--service-url-template', `http://127.0.0.1:${sink.port}/{namespace}/{name}`],
    })
    await acceptAll(brokerUrl(millrace), [{}])
    await sink.path('/default/orders').received(1)
  })

  test('that does not resolve lets deliveries wait and says what to do; they go out when it does', async () => {
    await using sink = await receiver()
    await using millrace = await startMillrace({
      manifests: { 'flow.yaml': broker() + trigger('t', { ref: serviceRef('orders') }) },
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }, { id: 'e2' }])
    const { waiting, inFlight, conditions } = await statusOf(millrace, 't')
    expect({ waiting, inFlight }).toEqual({ waiting: 2, inFlight: 0 })
    const resolved = conditions.find(({ type }) => type === 'SubscriberResolved')
    expect(resolved).toMatchObject({ status: 'False', message: expect.stringContaining('ExternalName') })
    await millrace.write('service.yaml', service('orders', '127.0.0.1', sink.port))
    await sink.received(2)
    await settled(millrace)
    expect(new Set(sink.ids)).toEqual(new Set(['e1', 'e2']))
  })

  test('to a broker hands events on, each time one hop less', async () => {
    await using sink = await receiver()
    const ref = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'second' }
    await using millrace = await startMillrace({
      manifests:
        broker() + broker('second') + trigger('on', { ref }) + trigger('t', sink.url, { broker: 'second' }),
    })
    // 3 is spent to 2 at ingress and to 1 between the brokers; 2 does not reach the second
    await acceptAll(brokerUrl(millrace), [
      { id: 'far', knativebrokerttl: 3 },
      { id: 'near', knativebrokerttl: 2 },
    ])
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(1))
    await settled(millrace)
    expect(sink.ids).toEqual(['far'])
    expect(await deadLetters(millrace)).toMatchObject([{ route: 'on', event: { id: 'near' } }])
  })
})

describe('a change', () => {
  test('of the subscriber holds from the next attempt on', async () => {
    await using sink = await receiver()
    sink.path('/old').replyWith(503)
    const delivery = { retry: 1_000, backoffPolicy: 'linear', backoffDelay: 'PT0.0001S' }
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', sink.path('/old').url, { delivery }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await sink.path('/old').received(2)
    await millrace.write('manifests.yaml', broker() + trigger('t', sink.path('/new').url, { delivery }))
    await sink.path('/new').received(1)
    await settled(millrace)
    expect(sink.path('/new').ids).toEqual(['e1'])
    expect(await deadLetters(millrace)).toEqual([])
  })

  test('of the filter leaves stored deliveries as they are', async () => {
    await using sink = await receiver()
    sink.hold()
    const filtered = (type: string): string => broker() + trigger('t', sink.url, { attributes: { type } })
    await using millrace = await startMillrace({ manifests: filtered('a') })
    const annotated = Array.from({ length: 250 }, (_, n) => ({ id: `a-${n}`, type: 'a' }))
    await acceptAll(brokerUrl(millrace), annotated)
    await millrace.write('manifests.yaml', filtered('b'))
    await eventually(async () => {
      const { stdout } = await runCli(['get', 'trigger', 't', '-o', 'json', '--server', millrace.admin])
      expect(JSON.parse(stdout)).toMatchObject({ spec: { filter: { attributes: { type: 'b' } } } })
    })
    await acceptAll(brokerUrl(millrace), [
      { id: 'a-later', type: 'a' },
      { id: 'b-later', type: 'b' },
    ])
    sink.release()
    await settled(millrace)
    expect(new Set(sink.ids)).toEqual(new Set([...annotated.map(({ id }) => id), 'b-later']))
    expect([...(await triggers(millrace)).keys()]).toEqual(['t'])
  })
})
