import { describe, expect, it } from 'vitest'
import { checkImmutable, formatFinding } from '../../src/index.ts'
import { broker, channel, documents, readText, subscription, trigger } from '../read-text.ts'

async function changes(before: string, after: string): Promise<string[]> {
  const [old, now] = await Promise.all([readText(before), readText(after)])
  return checkImmutable(old.resources, now.resources).map(formatFinding)
}

function classed(name: string): string {
  return `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata:
  name: b
  annotations:
    eventing.knative.dev/broker.class: ${name}`
}

const subscriber = 'subscriber: {uri: "http://x/"}'

describe('checkImmutable', () => {
  it("a Broker's class", async () => {
    expect(await changes(classed('Kafka'), classed('RabbitMQBroker'))).toEqual([
      '-:6: b: metadata.annotations.eventing.knative.dev/broker.class: is immutable and was "Kafka"; put it back, or declare a Broker of another name',
    ])
  })

  it('the class that is meant where none is written', async () => {
    expect(await changes(broker('b'), classed('MTChannelBasedBroker'))).toEqual([])
    expect(await changes(broker('b'), classed('Kafka'))).toHaveLength(1)
  })

  it("a Broker's config, whatever the order of its keys", async () => {
    expect(
      await changes(broker('b', '{config: {kind: A, name: n}}'), broker('b', '{config: {name: n, kind: A}}')),
    ).toEqual([])
    expect(await changes(broker('b', '{config: {kind: A}}'), broker('b'))).toEqual([
      '-:4: b: spec.config: is immutable and was a map; put it back, or declare a Broker of another name',
    ])
  })

  it("a Trigger's broker, by either of its names", async () => {
    const reference = 'brokerRef: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: a}'
    expect(
      await changes(trigger(`broker: a\n${subscriber}`), trigger(`${reference}\n${subscriber}`)),
    ).toEqual([])
    expect(await changes(trigger(`broker: a\n${subscriber}`), trigger(`broker: b\n${subscriber}`))).toEqual([
      '-:5: t: spec.broker: is immutable and was "a"; put it back, or declare a Trigger of another name',
    ])
  })

  it("a Subscription's channel", async () => {
    const other = subscription(subscriber, 'name: s', 'kind: Channel, name: d')
    expect(await changes(subscription(subscriber), other)).toEqual([
      '-:5: s: spec.channel: is immutable and was a map; put it back, or declare a Subscription of another name',
    ])
  })

  it("a Channel's template, Knative's own where it is left out", async () => {
    const templated = (kind: string) =>
      channel('c', `{channelTemplate: {apiVersion: messaging.knative.dev/v1, kind: ${kind}}}`)
    expect(await changes(channel('c'), templated('InMemoryChannel'))).toEqual([])
    expect(await changes(channel('c'), templated('NatsChannel'))).toEqual([
      '-:4: c: spec.channelTemplate: is immutable and was a map; put it back, or declare a Channel of another name',
    ])
  })

  it('all else may change, and resources come and go', async () => {
    const before = documents(broker('a'), trigger(`broker: a\n${subscriber}`))
    const after = documents(
      broker('c', '{delivery: {retry: 3}}'),
      trigger('broker: a\nfilters: [{exact: {type: x}}]\nsubscriber: {uri: "http://y/"}'),
      trigger(`broker: c\n${subscriber}`, 'name: other'),
    )
    expect(await changes(before, after)).toEqual([])
  })
})
