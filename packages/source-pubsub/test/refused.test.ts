import { TestHost, TestStore, type TestManifest } from '@millrace/source-sdk/conformance'
import { googleMissing } from '@millrace/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { source } from '../src/index.ts'
import { project, pubSubAtHand, topic } from './pubsub-at-hand.ts'

const patience = { timeout: 10_000 }
const spec = { topic, project }

async function started(manifest: TestManifest) {
  const at = await pubSubAtHand()
  const host = hostOf(manifest)
  onTestFinished(() => at[Symbol.asyncDispose]())
  return { at, host }
}

function hostOf(manifest: TestManifest): TestHost {
  const http = () => Promise.reject(new Error('there is nobody'))
  const host = new TestHost({ source, manifest, store: new TestStore(), http })
  host.start()
  onTestFinished(() => host.stop())
  return host
}

/** The condition that has failed, with its reason. */
async function failing(host: TestHost): Promise<{ type: string; reason: string; message: string }> {
  return vi.waitFor(() => {
    const found = [...host.conditions].find(([, { status }]) => status === 'False')
    if (found === undefined) throw new Error('all is well')
    const [type, { reason, message }] = found
    return { type, reason, message }
  }, patience)
}

describe.skipIf(googleMissing !== undefined)(`what Google refuses ${googleMissing ?? ''}`, () => {
  test.each([
    ['no-such-project', 'ProjectNotFound', 'set spec.project to its ID, which is not its display name'],
    [
      'forbidden-project',
      'PermissionDenied',
      'gcloud projects add-iam-policy-binding forbidden-project --member=serviceAccount:ACCOUNT --role=roles/pubsub.editor',
    ],
    ['expired-credentials', 'AuthenticationFailed', 'run gcloud auth application-default login'],
    ['spent-quota', 'QuotaExceeded', 'Quota exceeded for quota metric'],
  ])('in the project %s is %s, and the condition says what to do', async (name, reason, said) => {
    const { host } = await started({ spec: { topic, project: name } })
    const found = await failing(host)
    expect(found).toMatchObject({ type: 'TopicReady', reason })
    expect(found.message).toContain(said)
  })

  test('a topic that is missing is named, with the command that makes it, and looked for again', async () => {
    const { at, host } = await started({ spec: { ...spec, topic: 'late' } })
    expect(await failing(host)).toEqual({
      type: 'TopicReady',
      reason: 'TopicNotFound',
      message:
        'there is no topic "late" in project acme-test, and Millrace makes none: gcloud pubsub topics create late --project=acme-test',
    })
    await at.client.createTopic('late')
    await vi.waitFor(() => expect(host.clock.next).toBe(host.clock.now() + 15_000), patience)
    host.clock.jump(host.clock.next)
    await vi.waitFor(
      () => expect(host.conditions.get('PullSubscriptionReady')?.status).toBe('True'),
      patience,
    )
  })

  test('without a project anywhere it is said where to put it', async () => {
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', '')
    const { host } = await started({ spec: { topic } })
    expect(await failing(host)).toMatchObject({
      reason: 'ProjectUnknown',
      message:
        'the project is not known: set spec.project, or GOOGLE_CLOUD_PROJECT in the environment of the server',
    })
  })

  test('what has made nothing needs no project to be removed', async () => {
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', '')
    const { host } = await started({ spec: { topic } })
    expect(await failing(host)).toMatchObject({ reason: 'ProjectUnknown' })
    await host.stop()
    await expect(host.remove()).resolves.toBeUndefined()
  })

  test('a subscription that is deleted is made again soon', async () => {
    const { at, host } = await started({ spec })
    const ready = () => expect(host.conditions.get('PullSubscriptionReady')?.status).toBe('True')
    await vi.waitFor(ready, patience)
    await at.client.subscription('millrace-default-tested').delete()
    // its stream ends
    await at.fake.kill()
    await at.fake.start()
    await vi.waitFor(
      () =>
        expect(host.conditions.get('PullSubscriptionReady')).toMatchObject({
          status: 'False',
          reason: 'SubscriptionNotFound',
        }),
      patience,
    )
    await vi.waitFor(() => expect(host.clock.next).toBe(host.clock.now() + 1_000), patience)
    host.clock.jump(host.clock.next)
    await vi.waitFor(ready, patience)
    expect((await at.client.getSubscriptions())[0]).toHaveLength(1)
  })

  test('a subscription that is of another topic, or not there, is not read', async () => {
    const annotations = { 'millrace.dev/subscription': 'theirs' }
    const { at, host } = await started({ spec, annotations })
    expect((await failing(host)).message).toContain(
      'gcloud pubsub subscriptions create theirs --topic=orders --project=acme-test',
    )
    await at.client.createTopic('other')
    await at.client.topic('other').createSubscription('theirs')
    const second = hostOf({ spec, annotations })
    expect(await failing(second)).toMatchObject({
      reason: 'SubscriptionConflict',
      message: expect.stringContaining('is of projects/acme-test/topics/other') as string,
    })
  })

  test('a subscription of our name that somebody else has made is neither read nor removed', async () => {
    const at = await pubSubAtHand()
    onTestFinished(() => at[Symbol.asyncDispose]())
    await at.client.topic(topic).createSubscription('millrace-default-tested')
    const host = hostOf({ spec })
    expect(await failing(host)).toMatchObject({ reason: 'SubscriptionConflict' })
    await host.stop()
    await host.remove()
    expect((await at.client.getSubscriptions())[0]).toHaveLength(1)
  })

  test('a manifest that names another topic moves the subscription', async () => {
    const store = new TestStore()
    const http = () => Promise.reject(new Error('there is nobody'))
    const { at, host } = await started({ spec })
    await vi.waitFor(
      () => expect(host.conditions.get('PullSubscriptionReady')?.status).toBe('True'),
      patience,
    )
    await host.stop()
    await at.client.createTopic('other')
    const second = new TestHost({ source, manifest: { spec: { ...spec, topic: 'other' } }, store, http })
    second.start()
    onTestFinished(() => second.stop())
    await vi.waitFor(
      () => expect(second.conditions.get('PullSubscriptionReady')?.status).toBe('True'),
      patience,
    )
    const [subscriptions] = await at.client.getSubscriptions()
    const found = await Promise.all(
      subscriptions.map(async (each) => (await each.getMetadata())[0] as { topic?: string }),
    )
    expect(found.map((each) => each.topic)).toEqual(['projects/acme-test/topics/other'])
  })
})

describe('credentials of a Secret', () => {
  test.each([
    ['is no key', 'not JSON'],
    ['is half a key', '{"client_email":"a@b.example"}'],
  ])('one that %s is said', async (_, text) => {
    vi.stubEnv('PUBSUB_EMULATOR_HOST', '')
    onTestFinished(() => void vi.unstubAllEnvs())
    const secret = { name: 'google', key: 'key.json' }
    const host = hostOf({ spec: { ...spec, secret }, secrets: { google: { 'key.json': text } } })
    expect(await failing(host)).toMatchObject({
      reason: 'CredentialsInvalid',
      message: expect.stringContaining('key "key.json" of secrets "google" is no key') as string,
    })
  })
})
