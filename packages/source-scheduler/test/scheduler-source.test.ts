import { sourceConformance, TestHost, TestStore, type TestManifest } from '@millrace/source-sdk/conformance'
import { eventually, googleMissing } from '@millrace/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { project, pubSubAtHand } from '../../source-pubsub/test/pubsub-at-hand.ts'
import { source } from '../src/index.ts'
import { SchedulerAtHand } from './job/scheduler-at-hand.ts'

const patience = { timeout: 10_000 }
const job = `projects/${project}/locations/europe-west1/jobs/tested`
const topic = `projects/${project}/topics/millrace-default-tested`
const spec = { location: 'europe-west1', schedule: '*/5 * * * *', data: 'hello', project }

/** A fake of Pub/Sub and one of Cloud Scheduler, whose jobs run when they are told to. */
async function atHand() {
  const at = await pubSubAtHand()
  vi.stubEnv('CLOUD_SCHEDULER_ENDPOINT', 'http://scheduler.example')
  const scheduler = new SchedulerAtHand()
  return {
    ...at,
    scheduler,
    /** The job runs so often. → the messages' ids */
    async run(count: number) {
      const target = await vi.waitFor(() => {
        const found = scheduler.jobs.get(job)?.pubsubTarget
        if (found === undefined) throw new Error('there is no job')
        return found
      }, patience)
      const message = { data: Buffer.from(target.data, 'base64') }
      return Promise.all(
        Array.from({ length: count }, () => at.client.topic(target.topicName).publishMessage(message)),
      )
    },
  }
}

async function started(manifest: TestManifest, prepare?: (scheduler: SchedulerAtHand) => void) {
  const at = await atHand()
  prepare?.(at.scheduler)
  const store = new TestStore()
  const host = new TestHost({ source, manifest, store, http: at.scheduler.http })
  host.start()
  onTestFinished(async () => {
    await host.stop()
    await at[Symbol.asyncDispose]()
  })
  return { at, host, store }
}

describe.skipIf(googleMissing !== undefined)(`against fakes of Google ${googleMissing ?? ''}`, () => {
  sourceConformance('CloudSchedulerSource', {
    source,
    async open() {
      const at = await atHand()
      return {
        manifest: { spec },
        http: at.scheduler.http,
        async happen(count, host) {
          await eventually(() => host.conditions.get('JobReady')?.status === 'True')
          return at.run(count)
        },
        again: () => at.fake.expire(),
        away: () => at.fake.kill(),
        back: () => at.fake.start(),
        [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
      }
    },
    badCredentials: (manifest) => ({ ...manifest, spec: { ...spec, project: 'expired-credentials' } }),
  })

  test('the job is made, changed and removed with the manifest, and its event is as Google documents it', async () => {
    const { at, host, store } = await started({ spec })
    const [id = ''] = await at.run(1)
    await vi.waitFor(() => expect(store.events).toHaveLength(1), patience)
    expect(at.scheduler.jobs.get(job)).toEqual({
      name: job,
      schedule: '*/5 * * * *',
      timeZone: 'Etc/UTC',
      pubsubTarget: { topicName: topic, data: 'aGVsbG8=' },
    })
    const [event] = store.events
    expect({ ...event?.attributes }).toMatchObject({
      id,
      source: `//cloudscheduler.googleapis.com/${job}`,
      type: 'google.cloud.scheduler.job.v1.executed',
    })
    expect(event?.attributes['subject']).toBeUndefined()
    expect(Buffer.from(event?.data ?? []).toString()).toBe('{"custom_data":"aGVsbG8="}')
    await host.stop()

    const changed = new TestHost({
      source,
      manifest: { spec: { ...spec, data: 'other' } },
      store,
      http: at.scheduler.http,
    })
    changed.start()
    await vi.waitFor(() => expect(at.scheduler.jobs.get(job)?.pubsubTarget.data).toBe('b3RoZXI='), patience)
    await changed.stop()
    await changed.remove()
    expect(at.scheduler.jobs.size).toBe(0)
    const [topics] = await at.client.getTopics()
    expect(topics.map(({ name }) => name)).not.toContain(topic)
    expect((await at.client.getSubscriptions())[0]).toEqual([])
  })

  test('a job of somebody else’s is left alone', async () => {
    const theirs = {
      name: job,
      schedule: '0 0 * * *',
      timeZone: 'Etc/UTC',
      pubsubTarget: { topicName: `projects/${project}/topics/theirs`, data: '' },
    }
    const { at, host } = await started({ spec }, (scheduler) => scheduler.jobs.set(job, theirs))
    await vi.waitFor(
      () => expect(host.conditions.get('JobReady')).toMatchObject({ status: 'False', reason: 'JobConflict' }),
      patience,
    )
    await host.stop()
    await host.remove()
    expect(at.scheduler.jobs.get(job)).toEqual(theirs)
  })

  test.each([
    [403, 'The principal lacks IAM permission', 'PermissionDenied', 'roles/cloudscheduler.admin'],
    [401, 'Request had invalid authentication credentials.', 'AuthenticationFailed', 'credentials'],
    [400, 'Schedule or time zone is invalid.', 'Refused', 'Schedule or time zone is invalid.'],
  ])('%i of Google’s is a condition that says what to do', async (status, message, reason, said) => {
    const { host } = await started({ spec }, (scheduler) => (scheduler.refusal = { status, message }))
    await vi.waitFor(
      () => expect(host.conditions.get('JobReady')).toMatchObject({ status: 'False', reason }),
      patience,
    )
    expect(host.conditions.get('JobReady')?.message).toContain(said)
  })
})
