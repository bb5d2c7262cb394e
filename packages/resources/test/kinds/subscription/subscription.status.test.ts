import { describe, expect, it } from 'vitest'
import { channel, compileText, documents, subscription } from '../../read-text.ts'

async function statusOf(...texts: readonly string[]) {
  return (await compileText(documents(...texts))).statuses.get('Subscription default/s')
}

const service = (name: string) => `{ref: {apiVersion: v1, kind: Service, name: ${name}}}`

describe('the status of a Subscription', () => {
  it("has Knative's conditions and the resolved URIs", async () => {
    const spec =
      'subscriber: {uri: "http://u:p@a/"}\nreply: {ref: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: d}}\ndelivery: {retry: 1, deadLetterSink: {uri: "http://dead/"}}'
    const status = await statusOf(channel('c'), channel('d'), subscription(spec))
    expect(status?.conditions.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
      'AddedToChannel=True',
      'ChannelReady=True',
      'OIDCIdentityCreated=True',
      'Ready=True',
      'ReferencesResolved=True',
    ])
    expect(status?.physicalSubscription).toEqual({
      subscriberUri: 'http://a/',
      replyUri: '/default/d',
      deadLetterSinkUri: 'http://dead/',
    })
  })

  it("shows its channel's dead-letter sink where it has none of its own", async () => {
    const status = await statusOf(
      channel('c', '{delivery: {retry: 1, deadLetterSink: {uri: "http://dead/"}}}'),
      subscription('subscriber: {uri: "http://a/"}\ndelivery: {retry: 3}'),
    )
    expect(status?.physicalSubscription?.deadLetterSinkUri).toBe('http://dead/')
  })

  it.each([
    [
      'ChannelReferenceFailed',
      'subscriber: {uri: "http://a/"}',
      'channels.messaging.knative.dev "c" not found',
      false,
    ],
    ['SubscriberResolveFailed', `subscriber: ${service('x')}`, 'services "x" not found', true],
    [
      'ReplyResolveFailed',
      `subscriber: {uri: "http://a/"}\nreply: ${service('y')}`,
      'services "y" not found',
      true,
    ],
    [
      'DeadLetterSinkResolveFailed',
      `subscriber: {uri: "http://a/"}\ndelivery: {retry: 0, deadLetterSink: ${service('z')}}`,
      'services "z" not found',
      true,
    ],
  ])('%s: it is not Ready and says why', async (reason, spec, message, hasChannel) => {
    const status = await statusOf(...(hasChannel ? [channel('c')] : []), subscription(spec))
    for (const type of ['ReferencesResolved', 'Ready'])
      expect(status?.conditions).toContainEqual({
        type,
        status: 'False',
        reason,
        message: expect.stringContaining(message),
      })
  })

  it('is not Ready while its channel is not', async () => {
    const sink = `{delivery: {retry: 1, deadLetterSink: ${service('x')}}}`
    const status = await statusOf(
      channel('c', sink),
      subscription(
        'subscriber: {uri: "http://a/"}\ndelivery: {retry: 1, deadLetterSink: {uri: "http://dead/"}}',
      ),
    )
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'ChannelReady', status: 'False' }),
    )
  })
})
