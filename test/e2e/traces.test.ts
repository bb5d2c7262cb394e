import { eventually, post, receiver, startMillrace, type Receiver } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, retries, trigger } from './fixture/manifests.ts'
import { otlpReceiver, type ReceivedSpan } from './fixture/otlp-receiver.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const producerSpan = '00f067aa0ba902b7'
const sent = { traceparent: `00-${traceId}-${producerSpan}-01`, tracestate: 'shop=1' }
const [server, client, consumer] = [2, 3, 5]

/** `order` is answered with 503, then with a reply of type `paid`, which `paid` gets. */
async function startShop(sink: Receiver, env: Readonly<Record<string, string>>) {
  sink.path('/order').replyWith(503, { event: { id: 'r1', type: 'paid', source: '/reply' } })
  return startMillrace({
    manifests: [
      broker('default', { delivery: retries(3) }),
      trigger('order', `${sink.url}order`, { attributes: { type: 'order' } }),
      trigger('paid', `${sink.url}paid`, { attributes: { type: 'paid' } }),
    ].join(''),
    env: { OTEL_BSP_SCHEDULE_DELAY: '50', ...env },
  })
}

function only<T>(found: readonly T[]): T {
  expect(found).toHaveLength(1)
  return found[0] as T
}

test('a trace of one event with a retry and a reply, as an OTLP receiver gets it', async () => {
  await using otlp = await otlpReceiver()
  await using sink = await receiver()
  await using millrace = await startShop(sink, {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  })
  const event = { id: 'e1', type: 'order', source: '/shop', data: '{}' }
  await post(`${millrace.ingress}/default/default`, event, { headers: sent })
  await eventually(() => expect(otlp.spans()).toHaveLength(5))
  const spans = otlp.spans()
  const of = (kind: number, id: string): ReceivedSpan[] =>
    spans.filter((span) => span.kind === kind && span.attributes['cloudevents.event_id'] === id)

  const accept = only(of(server, 'e1'))
  const [first, second, ...others] = of(client, 'e1') as [ReceivedSpan, ReceivedSpan]
  const reply = only(of(consumer, 'r1'))
  const paid = only(of(client, 'r1'))
  expect(others).toEqual([])
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
  expect(accept).toMatchObject({ parentSpanId: producerSpan, traceState: 'shop=1' })
  expect([first.parentSpanId, second.parentSpanId]).toEqual([accept.spanId, accept.spanId])
  expect(reply.parentSpanId).toBe(second.spanId)
  expect(paid.parentSpanId).toBe(reply.spanId)

  // semantic conventions: messaging spans are named by their operation and destination
  expect([accept, first, reply].map(({ name }) => name)).toEqual([
    'receive /default/default',
    'send /default/default',
    'receive /default/default',
  ])
  expect(accept.attributes).toMatchObject({
    'messaging.system': 'millrace',
    'messaging.operation.name': 'receive',
    'messaging.operation.type': 'receive',
    'messaging.destination.name': '/default/default',
    'messaging.message.id': 'e1',
    'cloudevents.event_id': 'e1',
    'cloudevents.event_source': '/shop',
    'cloudevents.event_spec_version': '1.0',
    'cloudevents.event_type': 'order',
  })
  expect(first).toMatchObject({
    status: 2,
    attributes: {
      'messaging.operation.type': 'send',
      'messaging.destination.subscription.name': 'order',
      'http.request.method': 'POST',
      'url.full': `${sink.url}order`,
      'server.address': '127.0.0.1',
      'error.type': '503',
    },
  })
  expect(second.attributes).toMatchObject({ 'http.request.resend_count': expect.anything() })
  expect(second.attributes).not.toHaveProperty('error.type')
  expect(otlp.resource()).toMatchObject({
    'service.name': 'millrace',
    'deployment.environment.name': 'test',
  })

  // the subscriber continues the trace from the attempt that called it
  const parents = sink.path('/order').requests.map(({ headers }) => headers['traceparent'])
  expect(parents).toEqual([first, second].map(({ spanId }) => `00-${traceId}-${spanId}-01`))
  expect(sink.path('/order').requests[0]?.headers['tracestate']).toBe('shop=1')
})

test('protobuf is what goes out unless JSON is asked for; what the producer does not sample is not exported', async () => {
  await using otlp = await otlpReceiver()
  await using sink = await receiver()
  await using millrace = await startShop(sink, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${otlp.url}/elsewhere`,
    OTEL_SERVICE_NAME: 'mill',
  })
  const ingress = `${millrace.ingress}/default/default`
  const silent = `00-${'a'.repeat(32)}-${producerSpan}-00`
  await post(ingress, { id: 'e0', type: 'order' }, { headers: { traceparent: silent } })
  await post(ingress, { id: 'e1', type: 'order' }, { headers: sent })
  await eventually(() => {
    const bytes = Buffer.concat(otlp.requests.map(({ body }) => body))
    for (const part of [Buffer.from(traceId, 'hex'), 'send /default/default', 'mill', 'e1'])
      expect(bytes.includes(part)).toBe(true)
  })
  await millrace.stop()
  const bytes = Buffer.concat(otlp.requests.map(({ body }) => body))
  expect(bytes.includes(Buffer.from('a'.repeat(32), 'hex'))).toBe(false)
  for (const request of otlp.requests)
    expect(request).toMatchObject({ path: '/elsewhere', type: 'application/x-protobuf' })
})

test('a receiver that is away stops nothing', async () => {
  await using sink = await receiver()
  await using millrace = await startShop(sink, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  await post(`${millrace.ingress}/default/default`, { id: 'e1', type: 'order' })
  await sink.path('/paid').received(1)
})

test('without an exporter tracing headers pass unchanged', async () => {
  await using sink = await receiver()
  await using millrace = await startShop(sink, { OTEL_EXPORTER_OTLP_ENDPOINT: '' })
  await post(`${millrace.ingress}/default/default`, { id: 'e1', type: 'order' }, { headers: sent })
  await sink.path('/order').received(2)
  for (const { headers } of sink.path('/order').requests) expect(headers).toMatchObject(sent)
})
