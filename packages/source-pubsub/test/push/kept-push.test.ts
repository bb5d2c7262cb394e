import { TestHost, TestStore, type TestManifest } from '@millrace/source-sdk/conformance'
import { googleMissing } from '@millrace/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { source } from '../../src/index.ts'
import { project, pubSubAtHand, topic, type PubSubAtHand } from '../pubsub-at-hand.ts'
import { account, audience } from './signed-push.ts'

const patience = { timeout: 10_000 }
const spec = { topic, project }
const webhookUrl = 'https://hooks.acme.example/sources/default/tested'
const name = 'millrace-default-tested'
const pushed = { 'millrace.dev/push': 'true', 'millrace.dev/push-account': account }

async function atHand(): Promise<PubSubAtHand> {
  const at = await pubSubAtHand()
  onTestFinished(() => at[Symbol.asyncDispose]())
  return at
}

/** A host of a manifest, at work until all its conditions hold. */
async function ready(store: TestStore, manifest: Omit<TestManifest, 'spec'>): Promise<TestHost> {
  const http = () => Promise.reject(new Error('there is nobody'))
  const host = new TestHost({ source, manifest: { spec, ...manifest }, store, http })
  host.start()
  onTestFinished(() => host.stop())
  await vi.waitFor(() => expect(host.conditions.get('PullSubscriptionReady')?.status).toBe('True'), patience)
  return host
}

async function pushConfig({ client }: PubSubAtHand): Promise<object | undefined> {
  const [{ pushConfig: config }] = await client.subscription(name).getMetadata()
  const { pushEndpoint = '', oidcToken } = config ?? {}
  return pushEndpoint === '' ? undefined : { pushEndpoint, oidcToken: { ...oidcToken } }
}

describe.skipIf(googleMissing !== undefined)(`the push subscription ${googleMissing ?? ''}`, () => {
  test('is made, follows the manifest, and goes with it', async () => {
    const at = await atHand()
    const store = new TestStore()
    const first = await ready(store, { annotations: pushed, webhookUrl })
    expect(first.fields).toMatchObject({ webhookURL: webhookUrl, subscriptionId: name })
    expect(await pushConfig(at)).toEqual({
      pushEndpoint: webhookUrl,
      oidcToken: { serviceAccountEmail: account, audience: webhookUrl },
    })
    await first.stop()
    const other = 'other@acme.iam.gserviceaccount.com'
    const annotations = {
      ...pushed,
      'millrace.dev/push-account': other,
      'millrace.dev/push-audience': audience,
    }
    const second = await ready(store, { annotations, webhookUrl })
    expect(await pushConfig(at)).toEqual({
      pushEndpoint: webhookUrl,
      oidcToken: { serviceAccountEmail: other, audience },
    })
    await second.stop()
    await second.remove()
    expect((await at.client.getSubscriptions())[0]).toEqual([])
  })

  test('is pulled from once the manifest says so, and the other way round', async () => {
    const at = await atHand()
    const store = new TestStore()
    const first = await ready(store, { annotations: pushed, webhookUrl })
    await first.stop()
    const second = await ready(store, { webhookUrl })
    expect(await pushConfig(at)).toBeUndefined()
    const ids = await at.publish(3)
    await vi.waitFor(
      () => expect(new Set(store.events.map(({ attributes }) => attributes['id']))).toEqual(new Set(ids)),
      patience,
    )
    await second.stop()
    await ready(store, { annotations: pushed, webhookUrl })
    expect(await pushConfig(at)).toMatchObject({ pushEndpoint: webhookUrl })
  })

  test('is somebody else’s to make where no account or no URL is known', async () => {
    const at = await atHand()
    const store = new TestStore()
    await ready(store, { annotations: pushed })
    const host = await ready(store, { annotations: { 'millrace.dev/push': 'true' }, webhookUrl })
    expect(host.conditions.get('PullSubscriptionReady')).toMatchObject({ reason: 'Unmanaged' })
    expect((await at.client.getSubscriptions())[0]).toEqual([])
  })
})
