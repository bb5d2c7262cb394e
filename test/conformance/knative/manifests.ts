import { routes, type RouteShape } from './routes.ts'

export const names = { broker: 'conformance', channel: 'conformance-channel' }

/** All that the broker and the channel under test have to know, as YAML. `sink` is the URL of our sink as they reach it. */
export function manifests(sink: string): string {
  const all = [
    { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: names.broker } },
    { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', metadata: { name: names.channel } },
    ...Object.entries<RouteShape>(routes).flatMap(([name, shape]) => [
      ...(shape.only === 'channel' ? [] : copies(shape, (copy) => trigger(sink, name, shape, copy))),
      ...(shape.only === 'broker' ? [] : copies(shape, (copy) => subscription(sink, name, shape, copy))),
    ]),
  ]
  return all.map((one) => `---\n${JSON.stringify(one, undefined, 2)}\n`).join('')
}

function copies(shape: RouteShape, make: (copy: number) => object): object[] {
  return Array.from({ length: shape.times ?? 1 }, (_, copy) => make(copy))
}

function trigger(sink: string, name: string, shape: RouteShape, copy: number): object {
  return {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name: `conformance-${name}-${copy}` },
    spec: {
      broker: names.broker,
      filter: { attributes: shape.attributes ?? { type: `conformance.${name}` } },
      subscriber: { uri: `${sink}/broker/${name}` },
      ...delivery(`${sink}/broker`, shape),
    },
  }
}

function subscription(sink: string, name: string, shape: RouteShape, copy: number): object {
  const own = { uri: `${sink}/channel/${name}` }
  const replies = shape.replies === true ? { reply: { uri: `${sink}/channel/replies` } } : {}
  return {
    apiVersion: 'messaging.knative.dev/v1',
    kind: 'Subscription',
    metadata: { name: `conformance-channel-${name}-${copy}` },
    spec: {
      channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: names.channel },
      ...(shape.withoutSubscriber === true ? { reply: own } : { subscriber: own, ...replies }),
      ...delivery(`${sink}/channel`, shape),
    },
  }
}

function delivery(sink: string, { retry, deadLetters }: RouteShape): object {
  if (retry === undefined) return {}
  const deadLetterSink = deadLetters === true ? { deadLetterSink: { uri: `${sink}/dead-letters` } } : {}
  return { delivery: { retry, backoffPolicy: 'linear', backoffDelay: 'PT0.2S', ...deadLetterSink } }
}
