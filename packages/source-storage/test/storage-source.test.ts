import { Storage } from '@google-cloud/storage'
import { sourceConformance, TestHost, TestStore, type TestManifest } from '@millrace/source-sdk/conformance'
import { eventually, gcsFake, googleMissing } from '@millrace/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { project, pubSubAtHand } from '../../source-pubsub/test/pubsub-at-hand.ts'
import { source } from '../src/index.ts'

const patience = { timeout: 10_000 }
const bucket = 'acme-photos'
const spec = { bucket, project, eventTypes: ['google.cloud.storage.object.v1.finalized'] }

/** Fakes of Pub/Sub and Cloud Storage, with a bucket. */
async function atHand() {
  const at = await pubSubAtHand()
  const gcs = await gcsFake(at.fake.host)
  vi.stubEnv('GCS_ENDPOINT', gcs.url)
  const storage = new Storage({ projectId: project, apiEndpoint: gcs.url })
  await storage.createBucket(bucket)
  let saved = 0
  return {
    ...at,
    storage,
    /** So many objects are put. → their names */
    async save(count: number) {
      const names = Array.from({ length: count }, () => `in/${(saved += 1)}.jpg`)
      for (const name of names) await storage.bucket(bucket).file(name).save('x', { resumable: false })
      return names
    },
    async [Symbol.asyncDispose]() {
      await gcs[Symbol.asyncDispose]()
      await at[Symbol.asyncDispose]()
    },
  }
}

async function started(manifest: TestManifest) {
  const at = await atHand()
  const store = new TestStore()
  const host = new TestHost({ source, manifest, store, http: () => Promise.reject(new Error('nobody')) })
  host.start()
  onTestFinished(async () => {
    await host.stop()
    await at[Symbol.asyncDispose]()
  })
  return { at, host, store }
}

async function notified(host: TestHost): Promise<void> {
  await vi.waitFor(
    () => expect(host.conditions.get('NotificationReady')).toMatchObject({ status: 'True' }),
    patience,
  )
}

/** What a store has, as `type subject`. */
function lines(store: TestStore): string[] {
  return store.events
    .map(
      ({ attributes }) => `${String(attributes['type']).split('.').at(-1)} ${String(attributes['subject'])}`,
    )
    .toSorted()
}

describe.skipIf(googleMissing !== undefined)(`against fakes of Google ${googleMissing ?? ''}`, () => {
  sourceConformance('CloudStorageSource', {
    source,
    async open() {
      const at = await atHand()
      return {
        manifest: { spec },
        // the ids are the messages', which whoever puts an object does not see: a second subscription does
        async happen(count, host) {
          await notified(host)
          const [audit] = await at.client
            .topic('millrace-default-tested')
            .createSubscription(`audit-${Date.now()}-${Math.random().toString(36).slice(2)}`)
          const ids: string[] = []
          audit.on('message', (message: { id: string; ack(): void }) => {
            ids.push(message.id)
            message.ack()
          })
          await at.save(count)
          await eventually(() => new Set(ids).size === count)
          await audit.close()
          return [...new Set(ids)]
        },
        again: () => at.fake.expire(),
        away: () => at.fake.kill(),
        back: () => at.fake.start(),
        [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
      }
    },
    badCredentials: (manifest) => ({ ...manifest, spec: { ...spec, project: 'expired-credentials' } }),
  })

  test('what is put, changed and deleted below the prefix comes, with the payload as it is', async () => {
    const { at, host, store } = await started({ spec: { bucket, project, objectNamePrefix: 'in/' } })
    await notified(host)
    await at.save(1)
    await at.storage.bucket(bucket).file('out/1.jpg').save('x', { resumable: false })
    await at.storage
      .bucket(bucket)
      .file('in/1.jpg')
      .setMetadata({ metadata: { seen: 'yes' } })
    await at.storage.bucket(bucket).file('in/1.jpg').delete()
    await vi.waitFor(
      () =>
        expect(lines(store)).toEqual([
          'deleted objects/in/1.jpg',
          'finalized objects/in/1.jpg',
          'metadataUpdated objects/in/1.jpg',
        ]),
      patience,
    )
    const put = store.events.find(({ attributes }) => String(attributes['type']).endsWith('finalized'))
    expect(put?.attributes['source']).toBe('//storage.googleapis.com/projects/_/buckets/acme-photos')
    expect(JSON.parse(Buffer.from(put?.data ?? []).toString())).toMatchObject({
      kind: 'storage#object',
      bucket,
      name: 'in/1.jpg',
    })
  })

  test('payloadFormat NONE: no data', async () => {
    const { at, host, store } = await started({ spec: { ...spec, payloadFormat: 'NONE' } })
    await notified(host)
    await at.save(1)
    await vi.waitFor(() => expect(lines(store)).toEqual(['finalized objects/in/1.jpg']), patience)
    expect(store.events[0]?.data).toBeUndefined()
  })

  test('the notification, its topic and the subscription are made once, changed and removed; another’s stays', async () => {
    const { at, host, store } = await started({ spec })
    await notified(host)
    await at.storage.bucket(bucket).createNotification('projects/acme-test/topics/orders')
    await host.stop()
    const manifest = { spec: { ...spec, objectNamePrefix: 'in/' } }
    const changed = new TestHost({
      source,
      manifest,
      store,
      http: () => Promise.reject(new Error('nobody')),
    })
    changed.start()
    await notified(changed)
    const before = await notifications(at.storage)
    expect(before.toSorted()).toEqual(['millrace-default-tested in/', 'orders '])
    await changed.stop()
    await changed.remove()
    expect(await notifications(at.storage)).toEqual(['orders '])
    expect((await at.client.getTopics())[0].map(({ name }) => name)).toEqual([
      `projects/${project}/topics/orders`,
    ])
    expect((await at.client.getSubscriptions())[0]).toEqual([])
  })

  test('what was made goes too where the store that knew of it is gone', async () => {
    const { at, host } = await started({ spec })
    await notified(host)
    await host.stop()
    const store = new TestStore()
    const http = () => Promise.reject(new Error('nobody'))
    const second = new TestHost({ source, manifest: { spec }, store, http })
    second.start()
    await notified(second)
    await second.stop()
    await second.remove()
    expect(await notifications(at.storage)).toEqual([])
    expect((await at.client.getSubscriptions())[0]).toEqual([])
    expect((await at.client.getTopics())[0].map(({ name }) => name)).toEqual([
      `projects/${project}/topics/orders`,
    ])
  })

  test('a bucket that is missing is a condition that says what to do', async () => {
    const { host } = await started({ spec: { ...spec, bucket: 'acme-nowhere' } })
    await vi.waitFor(
      () =>
        expect(host.conditions.get('NotificationReady')).toEqual({
          status: 'False',
          reason: 'BucketNotFound',
          message:
            'there is no bucket "acme-nowhere": gcloud storage buckets create gs://acme-nowhere --project=acme-test',
        }),
      patience,
    )
  })

  test('where the topic may not be made, the two commands to run are said', async () => {
    const { host } = await started({ spec: { ...spec, project: 'forbidden-project' } })
    await vi.waitFor(
      () => expect(host.conditions.get('TopicReady')).toMatchObject({ reason: 'PermissionDenied' }),
      patience,
    )
    const said = host.conditions.get('TopicReady')?.message
    expect(said).toContain('gcloud pubsub topics create millrace-default-tested --project=forbidden-project')
    expect(said).toContain('gcloud storage buckets notifications create gs://acme-photos --topic=')
    expect(said).toContain('--event-types=OBJECT_FINALIZE --payload-format=json')
  })
})

async function notifications(storage: Storage): Promise<string[]> {
  const [all] = await storage.bucket(bucket).getNotifications()
  return all.map(({ metadata }) => {
    const known = metadata as { topic?: string; object_name_prefix?: string }
    return `${known.topic?.split('/').at(-1)} ${known.object_name_prefix ?? ''}`
  })
}

test('with an emulator of Pub/Sub alone nothing is asked of Google, and it is said what to set', async () => {
  vi.stubEnv('PUBSUB_EMULATOR_HOST', '127.0.0.1:1')
  vi.stubEnv('GCS_ENDPOINT', '')
  onTestFinished(() => void vi.unstubAllEnvs())
  const http = () => Promise.reject(new Error('nobody'))
  const host = new TestHost({ source, manifest: { spec }, store: new TestStore(), http })
  host.start()
  onTestFinished(() => host.stop())
  await vi.waitFor(() =>
    expect(host.conditions.get('NotificationReady')).toMatchObject({
      status: 'False',
      reason: 'NoStorage',
      message: expect.stringContaining('set GCS_ENDPOINT') as string,
    }),
  )
})
