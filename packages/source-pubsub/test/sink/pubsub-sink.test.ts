import { NewAttributes, type CloudEvent } from '@millrace/core'
import type { OpenSink, SinkContext } from '@millrace/source-sdk'
import { eventually, googleMissing } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import type { PubSubSinkSpec } from '../../src/sink/kind.ts'
import { sink } from '../../src/sink/pubsub-sink.ts'
import { project, pubSubAtHand, topic } from '../pubsub-at-hand.ts'
import { topicReader } from './topic-reader.ts'

const quiet = () => undefined

function event(id: string, partitionkey?: string): CloudEvent {
  const given = { specversion: '1.0', id, source: '/s', type: 't' }
  const attributes = Object.assign(new NewAttributes(), given, partitionkey !== undefined && { partitionkey })
  return { attributes, data: Buffer.from(id), dataForm: 'binary' }
}

/** A sink that is closed when it is disposed of, and what it says of its status. */
function open(spec: Partial<PubSubSinkSpec> = {}, secret: SinkContext<object>['secret'] = () => ({})) {
  const status: object[] = []
  const opened: OpenSink = sink.open({
    namespace: 'default',
    name: 'k',
    annotations: {},
    spec: { topic, project, contentMode: 'binary', ...spec },
    secret,
    status: { set: (fields) => void status.push(fields) },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    clock: { now: Date.now, until: async () => undefined },
  })
  return {
    status,
    check: () => opened.check(new AbortController().signal),
    send: (...events: readonly CloudEvent[]) =>
      opened.send(events.map((each) => ({ event: each, trace: {} }))),
    [Symbol.asyncDispose]: () => opened.close(),
  }
}

describe.skipIf(googleMissing !== undefined)('a PubSubSink, on Google’s fake', () => {
  test('publishes events, whose topic is there', async () => {
    await using at = await pubSubAtHand()
    await using reader = await topicReader(at)
    await using to = open()
    expect(await to.check()).toBeUndefined()
    expect(to.status).toEqual([{ projectId: project }])
    expect(await to.send(event('a'), event('b', 'k'))).toEqual([undefined, undefined])
    await eventually(() => expect(reader.received).toHaveLength(2))
    const shown = reader.received.map(({ data, attributes, orderingKey }) => ({
      data: data.toString(),
      attributes,
      orderingKey,
    }))
    const attributes = { 'ce-specversion': '1.0', 'ce-source': '/s', 'ce-type': 't' }
    expect(shown).toContainEqual({
      data: 'a',
      attributes: { ...attributes, 'ce-id': 'a' },
      orderingKey: '',
    })
    expect(shown).toContainEqual({
      data: 'b',
      attributes: { ...attributes, 'ce-id': 'b', 'ce-partitionkey': 'k' },
      orderingKey: 'k',
    })
  })

  test('keeps the order of a key, also after a publish that failed', async () => {
    await using at = await pubSubAtHand()
    await using reader = await topicReader(at)
    await using to = open()
    const ids = Array.from({ length: 60 }, (_, n) => String(n))
    await to.send(...ids.slice(0, 20).map((id) => event(id, 'k')))
    await at.fake.kill()
    const [failed] = await to.send(event('20', 'k'))
    expect(failed).toMatchObject({ kind: 'unavailable', reason: 'UpstreamUnreachable' })
    await at.fake.start()
    await eventually(async () => expect(await to.send(event('20', 'k'))).toEqual([undefined]), {
      timeoutMs: 30_000,
    })
    await to.send(...ids.slice(21).map((id) => event(id, 'k')))
    await eventually(
      () => expect(new Set(reader.received.map(({ data }) => data.toString())).size).toBe(60),
      {
        timeoutMs: 30_000,
      },
    )
    expect([...new Set(reader.received.map(({ data }) => data.toString()))]).toEqual(ids)
  }, 90_000)

  test.each([
    [
      { topic: 'nowhere' },
      'TopicMissing',
      'there is no topic "nowhere" in the project acme-test: run gcloud pubsub topics create nowhere --project=acme-test; what is sent to it waits',
    ],
    [
      { project: 'no-such-project' },
      'ProjectNotFound',
      'there is no project "no-such-project", or the emulator may not see it: set spec.project to its ID, which is not its display name (Google: ',
    ],
    [
      { project: 'expired-credentials' },
      'AuthenticationFailed',
      'Google does not take the credentials of the environment, they are missing, wrong or expired: run gcloud auth application-default login, or name a key in spec.secret (Google: ',
    ],
    [
      { project: 'forbidden-project' },
      'PermissionDenied',
      'not allowed to publish to the topic "orders": run gcloud projects add-iam-policy-binding forbidden-project --member=serviceAccount:ACCOUNT --role=roles/pubsub.publisher (Google: ',
    ],
  ])('of %j waits, with the reason %s', async (spec, reason, message) => {
    await using _ = await pubSubAtHand()
    await using to = open(spec)
    const failure = { kind: 'unready', condition: 'TopicReady', reason }
    const [failed] = await to.send(event('a'))
    expect(failed).toMatchObject(failure)
    expect(failed?.message.startsWith(message)).toBe(true)
    if (reason !== 'PermissionDenied') expect(await to.check()).toEqual(failed)
  })

  test('who may not look at a topic may still publish', async () => {
    await using _ = await pubSubAtHand()
    await using to = open({ project: 'forbidden-project' })
    expect(await to.check()).toBeUndefined()
  })

  test('a quota that is spent passes', async () => {
    await using _ = await pubSubAtHand()
    await using to = open({ project: 'spent-quota' })
    expect((await to.send(event('a')))[0]).toMatchObject({ kind: 'unavailable', reason: 'QuotaExceeded' })
  })

  test('an event that Google refuses takes none along', async () => {
    await using at = await pubSubAtHand()
    await using reader = await topicReader(at)
    await using to = open()
    const large = event('large')
    const bad = {
      ...large,
      attributes: Object.assign(new NewAttributes(), large.attributes, { note: 'x'.repeat(2_000) }),
    }
    const [first, second, third] = await to.send(event('a'), bad, event('b'))
    expect([first, third]).toEqual([undefined, undefined])
    expect(second?.kind).toBe('refused')
    await eventually(() =>
      expect(new Set(reader.received.map(({ data }) => data.toString()))).toEqual(new Set(['a', 'b'])),
    )
  })
})

test('without a project anywhere it says where to set one', async () => {
  await using to = open({ project: undefined } as unknown as PubSubSinkSpec, () => ({
    'key.json': 'nonsense',
  }))
  expect(await to.check()).toEqual({
    kind: 'unready',
    condition: 'TopicReady',
    reason: 'CredentialsInvalid',
    message:
      'key "key.json" of secrets "google-cloud-key" is no key of a service account: put the JSON file there that gcloud iam service-accounts keys create writes',
  })
})
