import {
  exchange,
  post,
  receiver,
  redisMissing,
  redisServer,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { settled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { brokerUrl } from './fixture/producing.ts'

const data = 'x'.repeat(10_000)
const limits = ['--store-limit', '100k', '--store-share', '60k']

/** Posts events to a broker until one is refused. → how many were taken, and the refusal */
async function fill(
  millrace: Millrace,
  name: string,
): Promise<{ taken: number; status: number; code: unknown; retryAfter: number }> {
  for (let taken = 0; ; taken += 1) {
    const { status, headers, text } = await post(brokerUrl(millrace, name), { id: `${name}-${taken}`, data })
    if (status === 202) continue
    const { code } = JSON.parse(text) as { code: unknown }
    return { taken, status, code, retryAfter: Number(headers['retry-after']) }
  }
}

async function postBatch(url: string, name: string, count: number): Promise<{ status: number }> {
  const events = Array.from({ length: count }, (_, n) => ({
    specversion: '1.0',
    id: `${name}-${n}`,
    source: '/s',
    type: 't',
    data,
  }))
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  return exchange('POST', url, { headers, body: JSON.stringify(events) })
}

const manifests = (url: (path: string) => string): string =>
  ['greedy', 'modest'].map((name) => broker(name) + trigger(name, url(`/${name}`), { broker: name })).join('')

const rule =
  'an addressable over its share is refused with 429, the others are served, then everybody with 503'

async function holdsIn(store: readonly string[]): Promise<void> {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startMillrace({
    manifests: manifests((path) => sink.path(path).url),
    args: [...limits, ...store],
  })
  const greedy = await fill(millrace, 'greedy')
  expect(greedy).toMatchObject({ taken: 5, status: 429, code: 'over-share' })
  expect(greedy.retryAfter).toBeGreaterThan(0)
  const modest = await fill(millrace, 'modest')
  expect(modest).toMatchObject({ taken: 4, status: 503, code: 'store-unavailable' })
  expect(modest.retryAfter).toBeGreaterThan(0)
  // full is no fault: the server stays ready, and what is delivered makes room
  expect((await exchange('GET', `${millrace.admin}/readyz`)).status).toBe(200)
  sink.release()
  await settled(millrace)
  for (const name of ['greedy', 'modest'])
    expect((await post(brokerUrl(millrace, name), { id: `${name}-again`, data })).status).toBe(202)
  await settled(millrace)
  // a batch is taken whole or not at all
  expect((await postBatch(brokerUrl(millrace, 'greedy'), 'much', 7)).status).toBe(429)
  expect((await postBatch(brokerUrl(millrace, 'greedy'), 'some', 5)).status).toBe(202)
  await settled(millrace)
  expect(new Set(sink.ids).size).toBe(5 + 4 + 2 + 5)
  expect(sink.ids.filter((id) => id.startsWith('much'))).toEqual([])
}

describe('in each store', () => {
  test(`memory: ${rule}`, () => holdsIn(['--store', 'memory:']))

  test(`SQLite: ${rule}`, () => holdsIn([]))

  test.skipIf(redisMissing !== undefined)(`Redis ${redisMissing ?? ''}: ${rule}`, async () => {
    await using redis = await redisServer()
    await holdsIn(['--store', redis.storeUrl()])
  })
})
