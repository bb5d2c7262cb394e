import { describe, expect, it } from 'vitest'
import { channel, compileText, documents, subscription } from '../../read-text.ts'

async function statusOf(text: string, kind = 'Channel') {
  const { statuses } = await compileText(text, { ingressUrl: 'http://localhost:8080' })
  return statuses.get(`${kind} default/c`)
}

function typesOf(status: Awaited<ReturnType<typeof statusOf>>): string[] | undefined {
  return status?.conditions.map(({ type, status: value }) => `${type}=${value}`)
}

describe('the status of a channel', () => {
  it('a Channel names what it stands for in Knative, and its address', async () => {
    const status = await statusOf(channel('c'))
    expect(typesOf(status)).toEqual([
      'Addressable=True',
      'BackingChannelReady=True',
      'DeadLetterSinkResolved=True',
      'EventPoliciesReady=True',
      'Ready=True',
    ])
    expect(status?.address).toEqual({ name: 'http', url: 'http://localhost:8080/default/c' })
    expect(status?.channel).toEqual({
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'InMemoryChannel',
      namespace: 'default',
      name: 'c',
    })
  })

  it('an InMemoryChannel says that it is durable all the same', async () => {
    const status = await statusOf(channel('c', '{}', 'InMemoryChannel'), 'InMemoryChannel')
    expect(status?.conditions).toContainEqual({
      type: 'DispatcherReady',
      status: 'True',
      reason: 'Durable',
      message: 'Events are stored before they are acknowledged, as in every channel here.',
    })
  })

  it('a KafkaChannel says that there is no Kafka', async () => {
    const status = await statusOf(channel('c', '{}', 'KafkaChannel'), 'KafkaChannel')
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'TopicReady', status: 'True', reason: 'NoTopic' }),
    )
  })

  it('lists its Subscriptions, ready and not', async () => {
    const text = documents(
      channel('c'),
      subscription('subscriber: {uri: "http://a/"}', 'name: a'),
      subscription('subscriber: {ref: {apiVersion: v1, kind: Service, name: x}}', 'name: b'),
    )
    expect((await statusOf(text))?.subscribers).toEqual([
      { uid: 'default/a', ready: 'True' },
      { uid: 'default/b', ready: 'False', message: expect.stringContaining('services "x" not found') },
    ])
  })

  it('is not Ready while its dead-letter sink does not resolve', async () => {
    const sink = '{ref: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: d}}'
    const status = await statusOf(channel('c', `{delivery: {retry: 1, deadLetterSink: ${sink}}}`))
    expect(typesOf(status)).toContain('DeadLetterSinkResolved=False')
    expect(typesOf(status)).toContain('Ready=False')
  })
})
