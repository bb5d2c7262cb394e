import { afterEach, expect, test, vi } from 'vitest'
import { Claimer } from '../../src/delivery/claimer.ts'
import { RouteQueue } from '../../src/delivery/route-queue.ts'
import { Windows } from '../../src/delivery/windows.ts'
import { route } from './flow-fixture.ts'

const hourMs = 3_600_000

afterEach(() => void vi.useRealTimers())

test('a clock that jumps ahead is noticed within a minute: what has become due is claimed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const clock = { now: 1_000_000 }
  const nothing = (): void => undefined
  const claims: number[] = []
  const queue = new RouteQueue(route({ name: 'a', destination: { kind: 'url', url: 'http://a/' } }), 7)
  const claimer = new Claimer({
    storage: {
      claim: async (requests) => {
        claims.push(...requests.map((each) => each.route))
        return requests.map((each) => ({ route: each.route, leases: [], nextDue: undefined }))
      },
    },
    windows: new Windows(1_000, { ready: nothing, spilled: nothing, scheduled: nothing, freed: nothing }),
    now: () => clock.now,
    take: nothing,
    claimed: nothing,
    failed: nothing,
  })
  const stop = new AbortController()
  const ran = claimer.run(stop.signal)
  queue.expect(clock.now + 2 * hourMs)
  claimer.check(queue)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(claims).toEqual([])
  clock.now += 3 * hourMs
  await vi.advanceTimersByTimeAsync(60_000)
  expect(claims).toEqual([7])
  stop.abort()
  claimer.stop()
  await ran
})
