import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { receiver, startMillrace, type Receiver } from '@millrace/testkit'
import { deviations } from './knative/deviations.ts'
import { manifests, names } from './knative/manifests.ts'
import { runRules } from './knative/run-rules.ts'
import { rules } from './knative/rules/index.ts'

const stack = new AsyncDisposableStack()
let under: { broker: string; channel: string; sink: Receiver }

beforeAll(async () => {
  const sink = stack.use(await receiver())
  const millrace = stack.use(await startMillrace({ manifests: manifests(sink.url.replace(/\/$/, '')) }))
  const urlOf = (name: string) => `${millrace.ingress}/default/${name}`
  under = { broker: urlOf(names.broker), channel: urlOf(names.channel), sink }
}, 60_000)
afterAll(() => stack.disposeAsync())

describe("Knative Eventing's data plane", () => {
  test.each(rules)('$id, $level: $rule', async ({ id }) => {
    const results = await Array.fromAsync(runRules(under, [id]))
    const expected = deviations[id] === undefined ? { outcome: 'holds' } : { outcome: 'broken' }
    expect(results).toEqual([expect.objectContaining({ id, ...expected })])
  })

  test('what differs is a rule', () => {
    const ids = new Set(rules.map(({ id }) => id))
    expect(ids.size).toBe(rules.length)
    expect(Object.keys(deviations).filter((id) => !ids.has(id))).toEqual([])
  })

  test('where there is no channel, its rules are said not to be run', async () => {
    const results = await Array.fromAsync(runRules({ ...under, channel: undefined }, ['channel/reply']))
    expect(results).toMatchObject([{ outcome: 'not run', seen: 'there is no --channel' }])
  })

  test('a broker that breaks a rule is told what was seen', async () => {
    // a sink is no broker: it answers 202 to anything
    const results = await Array.fromAsync(
      runRules({ ...under, broker: under.sink.url }, ['broker/only-post']),
    )
    expect(results).toMatchObject([{ outcome: 'broken', seen: 'GET was answered 202' }])
  })

  test('the command prints what it saw, and says by its exit code whether a MUST is broken', () => {
    const run = (rule: string) =>
      spawnSync(
        process.execPath,
        [
          '--conditions=@millrace/source',
          fileURLToPath(new URL('run.ts', import.meta.url)),
          '--json',
          '--only',
          rule,
        ],
        { encoding: 'utf8' },
      )
    const holds = run('broker/answers-2xx')
    expect(JSON.parse(holds.stdout)).toMatchObject({ id: 'broker/answers-2xx', outcome: 'holds' })
    expect(holds.status).toBe(0)
    const broken = run('channel/reply-runs-subscriber-again')
    expect(JSON.parse(broken.stdout)).toMatchObject({ outcome: 'broken' })
    expect(broken.status).toBe(1)
  })
})
