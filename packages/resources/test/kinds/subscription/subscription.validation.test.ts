import { describe, expect, it } from 'vitest'
import { linesOf, subscription } from '../../read-text.ts'

const subscriber = 'subscriber: {uri: "http://x/"}'

describe('a Subscription', () => {
  it.each([
    [subscriber],
    ['reply: {uri: "http://x/"}'],
    [`${subscriber}\nreply: {uri: "http://y/"}\ndelivery: {retry: 3}`],
  ])('stands with %j', async (spec) => {
    expect(await linesOf(subscription(spec))).toEqual([])
  })

  it('needs a subscriber or a reply', async () => {
    expect(await linesOf(subscription('delivery: {retry: 3}'))).toEqual([
      '-:4: s: spec.subscriber: is missing, must be where the events go; or give a reply alone, to forward them all',
    ])
  })

  it('needs a channel', async () => {
    expect(await linesOf(subscription(subscriber).replace(/\n  channel.*/, ''))).toEqual([
      '-:4: s: spec.channel: is missing, must be a map',
    ])
  })

  it.each([
    [
      'kind: Broker, name: c',
      'spec.channel.kind: is "Broker", must be Channel, InMemoryChannel or KafkaChannel',
    ],
    [
      'kind: KafkaChannel, name: c',
      'spec.channel.apiVersion: is "messaging.knative.dev/v1", must be "messaging.knative.dev/v1beta1" for a KafkaChannel',
    ],
    [
      'kind: Channel, name: c, namespace: other',
      'spec.channel.namespace: is "other", another namespace, which is not supported; leave it out, or move the subscription there',
    ],
  ])('of {%s}', async (of, message) => {
    expect(await linesOf(subscription(subscriber, 'name: s', of))).toEqual([`-:5: s: ${message}`])
  })

  it('has Destinations and a DeliverySpec with their rules', async () => {
    const spec = 'subscriber: {uri: hook}\nreply: {}\ndelivery: {retry: -1}'
    expect(await linesOf(subscription(spec))).toEqual([
      '-:6: s: spec.subscriber.uri: is "hook", a relative one needs a ref beside it; must begin with http:// or https://',
      '-:7: s: spec.reply: expected at least one, got none: ref, uri',
      '-:8: s: spec.delivery.retry: is -1, must be at least 0',
    ])
  })
})
