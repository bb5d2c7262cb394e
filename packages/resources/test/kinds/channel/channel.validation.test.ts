import { describe, expect, it } from 'vitest'
import { channel, linesOf, readText } from '../../read-text.ts'

const kinds = ['Channel', 'InMemoryChannel', 'KafkaChannel']

describe('channels', () => {
  it.each(kinds)('the least that a %s is stands', async (kind) => {
    expect(await linesOf(channel('c', '{}', kind))).toEqual([])
    expect(await linesOf(channel('c', '{}', kind).replace(/\nspec.*/, ''))).toEqual([])
  })

  it.each(kinds)('of kind %s do not take subscribers: a Subscription says who reads them', async (kind) => {
    expect(await linesOf(channel('c', '{subscribers: [{subscriberURI: "http://x/"}]}', kind))).toEqual([
      '-:4: c: spec.subscribers: is refused: a Subscription says who reads a channel; leave it out',
    ])
  })

  it("a channelTemplate has no effect, and stands for Knative's own where it is left out", async () => {
    const spec =
      '{channelTemplate: {apiVersion: messaging.knative.dev/v1beta1, kind: KafkaChannel, spec: {numPartitions: 3}}}'
    expect(await linesOf(channel('c', spec))).toEqual([
      'notice -:4: c: spec.channelTemplate: has no effect: there is one kind of channel here, and the store is chosen when Millrace is started',
    ])
    const [resource] = (await readText(channel('c'))).resources
    expect(resource?.spec['channelTemplate']).toEqual({
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'InMemoryChannel',
    })
  })

  it("a KafkaChannel's own fields have no effect", async () => {
    const spec = '{numPartitions: 3, replicationFactor: 1, retentionDuration: PT168H}'
    expect(await linesOf(channel('c', spec, 'KafkaChannel'))).toEqual(
      ['numPartitions', 'replicationFactor', 'retentionDuration'].map(
        (field) =>
          `notice -:4: c: spec.${field}: has no effect: there is no Kafka behind a channel here, events are in the store of Millrace`,
      ),
    )
  })

  it('a KafkaChannel is of version v1beta1', async () => {
    const text = channel('c', '{}', 'KafkaChannel').replace('v1beta1', 'v1')
    expect(await linesOf(text)).toEqual([
      '-:1: c: apiVersion: is "messaging.knative.dev/v1", must be "messaging.knative.dev/v1beta1" for a KafkaChannel',
    ])
  })

  it('delivery is that of brokers', async () => {
    expect(await linesOf(channel('c', '{delivery: {backoffPolicy: linear, backoffDelay: 1s}}'))).toEqual([
      '-:4: c: spec.delivery.backoffDelay: is "1s", must be an ISO 8601 duration such as PT0.2S',
      'warning -:4: c: spec.delivery: has no retry, which means 0 retries as in Knative; write retry: 0 if that is meant, or a number',
    ])
  })

  it('two channels of one name, of whatever kinds, clash, and a rename is proposed', async () => {
    const text = `${channel('c')}\n---\n${channel('c', '{}', 'InMemoryChannel')}`
    expect(await linesOf(text)).toEqual([
      '-:8: c: metadata.name: takes the path /default/c of the Channel at -:3; rename one, such as to "c-inmemorychannel"',
    ])
  })
})
