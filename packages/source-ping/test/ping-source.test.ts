import { sourceConformance, type TestHost } from '@millrace/source-sdk/conformance'
import { source } from '../src/index.ts'
import { toEvent } from '../src/to-event.ts'

const named = { namespace: 'default', name: 'tested' }

/** One second after the other, each with a turn of the loop for whoever waits. */
async function secondsPass(count: number, { clock }: TestHost): Promise<readonly string[]> {
  const ids: string[] = []
  for (let passed = 0; passed < count; passed += 1) {
    await new Promise(setImmediate)
    const tick = clock.now() + 1_000
    clock.jump(tick)
    ids.push(String(toEvent(named, {}, tick).attributes['id']))
  }
  return ids
}

sourceConformance('PingSource', {
  source,
  open: async () => ({
    manifest: {
      spec: { schedule: '* * * * * *' },
      // a tick that died with the process is a missed one
      annotations: { 'millrace.dev/missed-ticks': 'all' },
    },
    happen: secondsPass,
    [Symbol.asyncDispose]: async () => undefined,
  }),
  without: {
    'bad credentials are said, with a reason': 'it has none',
    'resumes after upstream was away': 'upstream is the clock',
  },
})
