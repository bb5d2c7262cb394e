import { TestClock, TestHost, TestStore } from '@millrace/source-sdk/conformance'
import { source } from '../src/index.ts'

/** The times of the events that a PingSource fires from one time to another, on a clock that moves from wait to wait. */
export async function runTicks(
  spec: Readonly<Record<string, unknown>>,
  from: number,
  to: number,
): Promise<string[]> {
  const [clock, store] = [new TestClock(from), new TestStore()]
  const http = () => Promise.reject(new Error('there is nobody'))
  const host = new TestHost({ source, manifest: { spec }, store, clock, http })
  host.start()
  for (;;) {
    while (!Number.isFinite(clock.next)) await new Promise(setImmediate)
    if (clock.next > to) break
    clock.jump(clock.next)
    await new Promise(setImmediate)
  }
  await host.stop()
  return store.events.map(({ attributes }) => String(attributes['time']))
}
