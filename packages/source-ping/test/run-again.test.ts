import { TestClock, TestHost, TestStore } from '@millrace/source-sdk/conformance'
import { describe, expect, it, vi } from 'vitest'
import { source } from '../src/index.ts'

const noon = Date.UTC(2026, 5, 1, 12)
const minuteMs = 60_000

interface Parts {
  readonly clock: TestClock
  readonly store: TestStore
}

function start({ clock, store }: Parts, missedTicks: string | undefined): TestHost {
  const annotations = missedTicks === undefined ? {} : { 'millrace.dev/missed-ticks': missedTicks }
  const http = () => Promise.reject(new Error('there is nobody'))
  const host = new TestHost({ source, manifest: { spec: {}, annotations }, store, clock, http })
  host.start()
  return host
}

async function waiting({ clock }: Parts): Promise<void> {
  await vi.waitFor(() => expect(Number.isFinite(clock.next)).toBe(true))
}

/** What has been stored, as minutes after noon. */
function minutesOf({ store }: Parts): number[] {
  return store.events.map(({ attributes }) => (Date.parse(String(attributes['time'])) - noon) / minuteMs)
}

/** One tick, a time away of four more, and one tick. */
async function awayFor(policy: string | undefined): Promise<{ parts: Parts; host: TestHost }> {
  const parts = { clock: new TestClock(noon), store: new TestStore() }
  const first = start(parts, policy)
  await waiting(parts)
  parts.clock.jump(noon + minuteMs)
  await vi.waitFor(() => expect(minutesOf(parts)).toEqual([1]))
  await first.stop()
  parts.clock.jump(noon + 5.5 * minuteMs)
  const host = start(parts, policy)
  await waiting(parts)
  parts.clock.jump(noon + 6 * minuteMs)
  await vi.waitFor(() => expect(minutesOf(parts)).toContain(6))
  return { parts, host }
}

describe('after a time away a PingSource', () => {
  it.each([
    [undefined, [1, 6]],
    ['skip', [1, 6]],
    ['once', [1, 5, 6]],
    ['all', [1, 2, 3, 4, 5, 6]],
  ])('with missed-ticks %s fires %j', async (policy, minutes) => {
    const { parts, host } = await awayFor(policy)
    expect(minutesOf(parts)).toEqual(minutes)
    expect(host.fields).toEqual({
      lastScheduleTime: '2026-06-01T12:06:00Z',
      nextScheduleTime: '2026-06-01T12:07:00Z',
    })
    await host.stop()
  })

  it('shows its last tick before there is another one', async () => {
    const { parts, host } = await awayFor('skip')
    await host.stop()
    const again = start(parts, 'skip')
    await vi.waitFor(() => expect(again.fields['lastScheduleTime']).toBe('2026-06-01T12:06:00Z'))
    await again.stop()
  })
})

it('a source that the store has never seen has missed nothing', async () => {
  const parts = { clock: new TestClock(noon), store: new TestStore() }
  const host = start(parts, 'all')
  await waiting(parts)
  expect(parts.clock.next).toBe(noon + minuteMs)
  expect(minutesOf(parts)).toEqual([])
  await host.stop()
})

it('a machine that slept has missed its ticks: they are as the manifest wants them', async () => {
  for (const [policy, minutes] of [
    ['skip', []],
    ['once', [10]],
  ] as const) {
    const parts = { clock: new TestClock(noon), store: new TestStore() }
    const host = start(parts, policy)
    await waiting(parts)
    parts.clock.jump(noon + 10.5 * minuteMs)
    await vi.waitFor(() => expect(parts.clock.next).toBe(noon + 11 * minuteMs))
    expect(minutesOf(parts)).toEqual(minutes)
    await host.stop()
  }
})

it('ticks while the store refuses are late, not missed', async () => {
  const parts = { clock: new TestClock(noon), store: new TestStore() }
  const host = start(parts, 'skip')
  await waiting(parts)
  parts.store.refuses = true
  parts.clock.jump(noon + minuteMs)
  await vi.waitFor(() => expect(host.outstanding).toBe(1))
  parts.clock.jump(noon + 4 * minuteMs)
  parts.store.refuses = false
  host.nudge()
  await vi.waitFor(() => expect(minutesOf(parts)).toEqual([1, 2, 3, 4]))
  await host.stop()
})
