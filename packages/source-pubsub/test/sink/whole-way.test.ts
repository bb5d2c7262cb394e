import {
  exchange,
  eventually,
  googleMissing,
  post,
  receiver,
  runCli,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { project, pubSubAtHand, topic } from '../pubsub-at-hand.ts'
import { topicReader } from './topic-reader.ts'

const timeout = 120_000
const sinkKind = { apiVersion: 'sinks.millrace.dev/v1alpha1', kind: 'PubSubSink' }
const toSink = (name: string) => ({ ref: { ...sinkKind, name } })
const keys = ['k0', 'k1', 'k2', 'k3']
const patient = { retry: 100, backoffPolicy: 'linear', backoffDelay: 'PT0.2S' }

/** Manifests as one text: JSON is YAML. */
function manifests(...resources: readonly object[]): string {
  return resources.map((each) => `---\n${JSON.stringify(each)}\n`).join('')
}

function knative(kind: string, name: string, spec: object, annotations: object = {}): object {
  return { apiVersion: 'eventing.knative.dev/v1', kind, metadata: { name, annotations }, spec }
}

function pubSubSink(name: string, spec: object = {}): object {
  return { ...sinkKind, metadata: { name }, spec: { topic, project, ...spec } }
}

/** Reads the topic back, into a receiver. */
function source(url: string): object {
  return {
    apiVersion: 'events.cloud.google.com/v1',
    kind: 'CloudPubSubSource',
    metadata: { name: 'back' },
    spec: { topic, project, sink: { uri: url } },
  }
}

/** Waits until the source reads: what is published before it has no subscription. */
async function reads(millrace: Millrace): Promise<void> {
  await eventually(async () => expect(await ready(millrace, 'CloudPubSubSource', 'back')).toBe('True: '))
}

async function ready(millrace: Millrace, kind: string, name: string): Promise<string> {
  const { text } = await exchange('GET', `${millrace.admin}/api/resources?kind=${kind}&name=${name}`)
  interface Shown {
    readonly items: readonly [
      { readonly status: { readonly conditions: readonly Readonly<Record<string, string>>[] } },
    ]
  }
  const { conditions } = (JSON.parse(text) as Shown).items[0].status
  const found = conditions.find(({ type }) => type === 'Ready')
  return [`${found?.['status']}: ${found?.['reason'] ?? ''}`, found?.['message']].filter(Boolean).join(', ')
}

describe.skipIf(googleMissing !== undefined)('a PubSubSink of a whole server', () => {
  test(
    'takes what is posted, what a trigger sends, and dead letters; a source reads them',
    { timeout },
    async () => {
      await using at = await pubSubAtHand()
      await using back = await receiver()
      await using refusing = await receiver()
      refusing.replyBy(() => 400)
      await using millrace = await startMillrace({
        env: { PUBSUB_EMULATOR_HOST: at.fake.host },
        manifests: manifests(
          source(back.url),
          pubSubSink('whole', { contentMode: 'structured' }),
          pubSubSink('plain'),
          pubSubSink('nowhere', { topic: 'nowhere' }),
          knative('Broker', 'b', {}),
          knative('Trigger', 't', {
            broker: 'b',
            filter: { attributes: { type: 'to.pubsub' } },
            subscriber: toSink('plain'),
          }),
          knative('Trigger', 'failing', {
            broker: 'b',
            filter: { attributes: { type: 'fails' } },
            subscriber: { uri: refusing.url },
            delivery: { retry: 0, deadLetterSink: toSink('whole') },
          }),
        ),
      })
      await reads(millrace)
      const posted = await post(`${millrace.ingress}/default/whole`, {
        id: 'posted',
        partitionkey: 'k',
        data: { a: 1 },
      })
      expect(posted.status).toBe(202)
      expect((await post(`${millrace.ingress}/default/b`, { id: 'sent', type: 'to.pubsub' })).status).toBe(
        202,
      )
      expect((await post(`${millrace.ingress}/default/b`, { id: 'bad', type: 'fails' })).status).toBe(202)
      await back.received(3)
      const byId = new Map(back.requests.map((request) => [request.headers['ce-id'], request]))
      expect(byId.get('posted')?.headers).toMatchObject({
        'ce-partitionkey': 'k',
        'content-type': 'application/json',
      })
      expect(JSON.parse(String(byId.get('posted')?.body))).toEqual({ a: 1 })
      expect(byId.get('sent')?.headers).toMatchObject({ 'ce-type': 'to.pubsub' })
      expect(byId.get('bad')?.headers).toMatchObject({
        'ce-knativeerrordest': refusing.url,
        'ce-knativeerrorcode': '400',
      })
      await eventually(async () =>
        expect(await ready(millrace, 'PubSubSink', 'nowhere')).toBe(
          'False: TopicMissing, there is no topic "nowhere" in the project acme-test: run gcloud pubsub topics create nowhere --project=acme-test; what is sent to it waits',
        ),
      )
      const { stdout } = await runCli(['get', 'pubsubsinks', '--server', millrace.admin])
      expect(stdout).toMatch(/^NAMESPACE +NAME +TOPIC +PROJECT +ADDRESS +READY/)
      expect(stdout).toMatch(
        new RegExp(`plain +${topic} +${project} +${millrace.ingress}/default/plain +True`),
      )
    },
  )

  test(
    'keeps the order of keys and loses nothing, over kill -9 and while Pub/Sub is away',
    { timeout },
    async () => {
      await using at = await pubSubAtHand()
      await using reader = await topicReader(at)
      await using millrace = await startMillrace({
        env: { PUBSUB_EMULATOR_HOST: at.fake.host },
        manifests: manifests(
          pubSubSink('plain'),
          knative('Broker', 'b', {}),
          knative(
            'Trigger',
            't',
            { broker: 'b', subscriber: toSink('plain'), delivery: patient },
            { 'millrace.dev/ordered-by': 'partitionkey' },
          ),
        ),
      })
      let sent = 0
      const produce = async (count: number) => {
        for (const until = sent + count; sent < until; sent += 1) {
          const event = { id: String(sent), partitionkey: keys[sent % keys.length] }
          expect((await post(`${millrace.ingress}/default/b`, event)).status).toBe(202)
        }
      }
      await produce(60)
      await millrace.restart()
      await produce(60)
      await at.fake.kill()
      await produce(60)
      await eventually(
        async () => expect(await ready(millrace, 'PubSubSink', 'plain')).toContain('UpstreamUnreachable'),
        {
          timeoutMs: 30_000,
        },
      )
      await at.fake.start()
      await produce(60)
      const ids = () => [...new Set(reader.received.map(({ attributes }) => Number(attributes['ce-id'])))]
      await eventually(() => expect(ids()).toHaveLength(sent), { timeoutMs: 60_000 })
      for (const index of keys.keys()) {
        const ofKey = ids().filter((id) => id % keys.length === index)
        expect(ofKey).toEqual(ofKey.toSorted((left, right) => left - right))
      }
      const letters = await exchange('GET', `${millrace.admin}/api/deadletters?limit=10`)
      expect(JSON.parse(letters.text)).toMatchObject({ items: [] })
    },
  )
})
