import { sourceConformance, TestClock, TestHost, TestStore } from '@millrace/source-sdk/conformance'
import { eventually } from '@millrace/testkit'
import { expect, test, vi } from 'vitest'
import { source } from '../src/index.ts'

const spec = { location: 'europe-west1', schedule: '* * * * * *', data: 'hello' }
const annotations = { 'millrace.dev/scheduler': 'embedded' }

/** One second after the other, each with a turn of the loop for whoever waits. */
async function secondsPass(count: number, { clock }: Pick<TestHost, 'clock'>): Promise<readonly number[]> {
  const ticks: number[] = []
  for (let passed = 0; passed < count; passed += 1) {
    await new Promise(setImmediate)
    const tick = clock.now() + 1_000
    clock.jump(tick)
    ticks.push(tick)
  }
  return ticks
}

sourceConformance('CloudSchedulerSource, embedded', {
  source,
  open: async () => {
    const seen = new TestStore()
    return {
      manifest: { spec, annotations },
      // the ids are what a process that has never stopped would give them
      async happen(count, host) {
        const other = new TestHost({
          source,
          manifest: { spec, annotations },
          store: seen,
          clock: new TestClock(host.clock.now()),
          http: () => Promise.reject(new Error('there is nobody')),
        })
        const before = seen.events.length
        other.start()
        await secondsPass(count, other)
        await eventually(() => seen.events.length === before + count)
        await other.stop()
        await secondsPass(count, host)
        return seen.ids().slice(before)
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
  },
  without: {
    'bad credentials are said, with a reason': 'it has none',
    'resumes after upstream was away': 'upstream is the clock',
  },
})

test('fires what the job of Google would, with no project at hand', async () => {
  const [clock, store] = [new TestClock(Date.UTC(2026, 0, 1, 11, 59, 59)), new TestStore()]
  const http = () => Promise.reject(new Error('there is nobody'))
  const manifest = { name: 'sweep', spec: { ...spec, schedule: '0 12 * * *' }, annotations }
  const host = new TestHost({ source, manifest, store, clock, http })
  host.start()
  await vi.waitFor(() => expect(clock.next).toBe(Date.UTC(2026, 0, 1, 12)))
  clock.jump(clock.next)
  await vi.waitFor(() => expect(store.events).toHaveLength(1))
  await host.stop()
  const [event] = store.events
  expect({ ...event?.attributes }).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    source: '//cloudscheduler.googleapis.com/projects/_/locations/europe-west1/jobs/sweep',
    type: 'google.cloud.scheduler.job.v1.executed',
    time: '2026-01-01T12:00:00Z',
    dataschema:
      'https://raw.githubusercontent.com/googleapis/google-cloudevents/master/proto/google/events/cloud/scheduler/v1/data.proto',
    datacontenttype: 'application/json',
  })
  expect(Buffer.from(event?.data ?? []).toString()).toBe('{"custom_data":"aGVsbG8="}')
  expect(host.conditions.get('JobReady')).toMatchObject({ status: 'True', reason: 'Embedded' })
  await host.remove()
})
