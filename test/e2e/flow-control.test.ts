import {
  eventually,
  exchange,
  receiver,
  redisMissing,
  redisServer,
  runCli,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { expect, test } from 'vitest'
import { deadLetters, settled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

const rateSeconds = Number(process.env['RATE_SECONDS'] ?? 5)

test('nothing is delivered before its time, over a kill -9; what was cancelled never is', async () => {
  await using sink = await receiver()
  const annotations = { 'millrace.dev/due-from': 'notbefore' }
  await using millrace = await startMillrace({
    manifests: broker() + trigger('later', sink.url, { annotations }),
  })
  const due = new Map(ids('e', 30).map((id, n) => [id, Date.now() + 1_000 + n * 60]))
  due.set('e-29', Date.now() + 3_600_000)
  await acceptAll(
    brokerUrl(millrace),
    [...due].map(([id, at]) => ({ id, notbefore: new Date(at).toISOString() })),
  )
  const env = { MILLRACE_SERVER: millrace.admin }
  expect((await runCli(['deliveries', 'cancel', '--event', 'e-29'], { env })).code).toBe(0)
  await millrace.kill()
  await millrace.start()
  await sink.received(29)
  await settled(millrace)
  expect(sink.ids).not.toContain('e-29')
  for (const { headers, at } of sink.requests)
    expect(at).toBeGreaterThanOrEqual(due.get(String(headers['ce-id'])) ?? Infinity)
})

/** What is listed as waiting of an event is cancelled, by a rate that lets nothing through. */
async function cancelsWhatARateHolds(holder: Millrace, asked: Millrace): Promise<void> {
  await acceptAll(
    brokerUrl(holder),
    ids('e', 5).map((id) => ({ id })),
  )
  const cli = (...args: string[]) => runCli(args, { env: { MILLRACE_SERVER: asked.admin } })
  const states = async (): Promise<string[]> =>
    (await cli('deliveries', 'ls', '-o', 'json')).stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).state)
  await eventually(async () => expect(await states()).toEqual(Array(5).fill('waiting')))
  expect((await cli('event', 'e-4', '-o', 'json')).stdout).toContain('"state":"waiting"')
  expect(await cli('deliveries', 'cancel', '--event', 'e-4')).toMatchObject({
    code: 0,
    stdout: 'cancelled 1\n',
  })
  expect((await cli('deliveries', 'cancel', '--event', 'e-4')).code).toBe(1)
  expect(await states()).toHaveLength(4)
}

const oneAnHour = { annotations: { 'millrace.dev/rate': '1/h' } }

async function cancelledBy(millrace: Millrace): Promise<string> {
  const { text } = await exchange('GET', `${millrace.admin}/metrics`)
  return /^millrace_deliveries_total\{.*result="cancelled".*\} (\d+)$/m.exec(text)?.[1] ?? '0'
}

test('what waits for its rate is called waiting, and is cancelled', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({ manifests: broker() + trigger('t', sink.url, oneAnHour) })
  // the rate's own first one, so that none of the rest is under way
  await acceptAll(brokerUrl(millrace), [{ id: 'first' }])
  await sink.received(1)
  await cancelsWhatARateHolds(millrace, millrace)
  expect(await cancelledBy(millrace)).toBe('1')
})

test.skipIf(redisMissing !== undefined)('also where another process on the same Redis holds it', async () => {
  await using redis = await redisServer()
  await using sink = await receiver()
  const manifests = broker() + trigger('t', sink.url, oneAnHour)
  const options = { manifests, args: ['--store', redis.storeUrl()] }
  await using one = await startMillrace(options)
  await using two = await startMillrace(options)
  for (const each of [one, two]) await acceptAll(brokerUrl(each), [{ id: `first of ${each.admin}` }])
  await sink.received(2)
  await cancelsWhatARateHolds(one, two)
  expect(await cancelledBy(one)).toBe('1')
})

test('a broker that deduplicates stores a named task once, over a kill -9', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({
    manifests: broker('default', { annotations: { 'millrace.dev/dedupe': 'PT1H' } }) + trigger('t', sink.url),
  })
  const task = { id: 'task-1', source: '/tasks' }
  await acceptAll(brokerUrl(millrace), [task, task, { ...task, source: '/others' }])
  await millrace.kill()
  await millrace.start()
  await acceptAll(brokerUrl(millrace), [task, { ...task, id: 'task-2' }])
  await settled(millrace)
  expect(
    new Set(sink.requests.map(({ headers }) => [headers['ce-source'], headers['ce-id']].join(' '))),
  ).toEqual(new Set(['/tasks task-1', '/others task-1', '/tasks task-2']))
  const metrics = await exchange('GET', `${millrace.admin}/metrics`)
  expect(metrics.text).toMatch(/^millrace_events_duplicate_total\{.*name="default".*\} 1$/m)
})

test('a parked key stands over a kill -9, skipped it is a dead letter for the sink of dead letters', async () => {
  await using sink = await receiver()
  sink.path('/bad').replyWith(400)
  const annotations = { 'millrace.dev/ordered-by': 'subject', 'millrace.dev/on-failure': 'park' }
  const delivery = { deadLetterSink: { uri: sink.path('/dead').url } }
  await using millrace = await startMillrace({
    manifests: broker() + trigger('t', sink.path('/bad').url, { annotations, delivery }),
  })
  await acceptAll(
    brokerUrl(millrace),
    ids('e', 3).map((id) => ({ id, subject: 'k' })),
    1,
  )
  await sink.path('/bad').received(1)
  const keys = async (...args: string[]) =>
    runCli(['keys', ...args], { env: { MILLRACE_SERVER: millrace.admin } })
  await eventually(async () => expect((await keys('ls', '-o', 'json')).stdout).toContain('"waiting":3'))
  await millrace.kill()
  await millrace.start()
  expect((await keys('ls', '-o', 'json')).stdout).toContain('"waiting":3')
  expect(sink.path('/bad').ids).toEqual(['e-0'])
  sink.path('/bad').replyWith(200)
  expect((await keys('skip', 't', 'k')).code).toBe(0)
  await settled(millrace)
  expect(sink.path('/bad').ids).toEqual(['e-0', 'e-1', 'e-2'])
  expect(sink.path('/dead').ids).toEqual(['e-0'])
  expect(sink.path('/dead').requests[0]?.headers).toMatchObject({ 'ce-knativeerrorcode': '400' })
  expect(await deadLetters(millrace)).toEqual([])
})

test(`a rate holds over ${rateSeconds} s, bursts inside their bound`, { timeout: 300_000 }, async () => {
  const [perSecond, burst] = [100, 20]
  await using sink = await receiver()
  const annotations = { 'millrace.dev/rate': `${perSecond}/s burst ${burst}` }
  await using millrace = await startMillrace({
    manifests: broker() + trigger('t', sink.url, { annotations }),
  })
  const events = ids('e', perSecond * rateSeconds)
  await acceptAll(
    brokerUrl(millrace),
    events.map((id) => ({ id })),
  )
  await sink.received(events.length, { timeoutMs: 2_000 * rateSeconds + 30_000 })
  const at = sink.requests.map((request) => request.at)
  const tookMs = at.at(-1)! - at[0]!
  const most = busiest(at, 1_000)
  process.stdout.write(
    `rate ${perSecond}/s burst ${burst}: ${events.length} in ${(tookMs / 1_000).toFixed(2)} s = ${(((events.length - 1) / tookMs) * 1_000).toFixed(1)}/s; at most ${most} in any second\n`,
  )
  // that they begin so is held with a clock of its own; here the first may arrive late
  expect(tookMs).toBeGreaterThanOrEqual(((events.length - burst) / perSecond) * 1_000 - 1_000)
})

/** The most that came in any stretch of so long. */
function busiest(at: readonly number[], windowMs: number): number {
  let most = 0
  let from = 0
  for (const [index, time] of at.entries()) {
    while (time - at[from]! > windowMs) from += 1
    most = Math.max(most, index - from + 1)
  }
  return most
}
