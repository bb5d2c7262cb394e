import { request } from 'undici'
import { describe, expect, test } from 'vitest'
import type { EventRecord, Route } from '@millrace/core'
import { eventually, exchange, latch } from '@millrace/testkit'
import { createChannels } from '../../src/observability/channels.ts'
import { startAdmin, type TestAdmin } from './start-admin.ts'

type Line = Record<string, unknown>

const filtered = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default, namespace: shop}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: paid, namespace: shop}
spec: {broker: default, filter: {attributes: {type: paid}}, subscriber: {uri: "http://127.0.0.1:9/"}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: all, namespace: shop}
spec: {broker: default, subscriber: {uri: "http://127.0.0.1:9/"}}
`

/** Follows `tail`, and reads from when it may. */
async function follow(admin: TestAdmin, query = '', reads: Promise<void> = Promise.resolve()) {
  const stop = new AbortController()
  const { statusCode, headers, body } = await request(`${admin.url}/api/tail${query}`, {
    signal: stop.signal,
  })
  const lines: Line[] = []
  const ended = read().catch(() => undefined)
  return {
    statusCode,
    headers,
    lines,
    /** Waits for so many lines. */
    async some(count: number): Promise<Line[]> {
      await eventually(() => expect(lines.length).toBeGreaterThanOrEqual(count))
      return lines
    },
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
  async function read(): Promise<void> {
    await reads
    let text = ''
    for await (const chunk of body) {
      text += String(chunk)
      const whole = text.split('\n')
      text = whole.pop() ?? ''
      for (const line of whole) lines.push(JSON.parse(line) as Line)
    }
  }
}

function record(id: string, type = 'paid'): EventRecord {
  return {
    event: {
      attributes: { specversion: '1.0', id, source: '/s', type, subject: 'x' },
      data: undefined,
      dataForm: 'binary',
    },
    headers: {},
    acceptedAt: 0,
  }
}

function shop(admin: TestAdmin) {
  const { topology } = admin.manifests.state?.compilation ?? {}
  const addressable = topology?.addressables.get('/shop/default')
  if (addressable === undefined) throw new Error('there is no /shop/default')
  const [first, second] = addressable.routes as [Route, Route]
  const { channels } = admin
  return {
    first,
    second,
    accepted: (id: string, matched: readonly Route[] = [first], type = 'paid') => {
      channels.eventAccepted.publish({ addressable, record: record(id, type), matched })
      if (matched.length === 0) channels.eventUnmatched.publish({ addressable, record: record(id, type) })
    },
    retried: (id: string, route: Route = first) => {
      const destination = 'http://127.0.0.1:9/first'
      const answer = { code: 503, outcome: 'retry', due: 1_000, ms: 3.6, destination } as const
      channels.deliveryAttempted.publish({ route, record: record(id), delivery: '1', attempt: 1, ...answer })
    },
    settled: (id: string, outcome: 'delivered' | 'dead', route: Route = first) => {
      const why = outcome === 'dead' ? { reason: 'the answer was 400', code: 400 } : {}
      channels.deliverySettled.publish({
        route,
        record: record(id),
        delivery: '1',
        outcome,
        attempts: 2,
        ms: 40,
        ...why,
      })
    },
  }
}

describe('GET /api/tail', () => {
  test('tells each step of an event as a line of JSON, with its time', async () => {
    await using admin = await startAdmin({ now: () => 0 })
    await using tail = await follow(admin)
    expect(tail).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/x-ndjson' } })
    const { accepted, retried, settled } = shop(admin)
    accepted('1')
    retried('1')
    settled('1', 'delivered')
    settled('1', 'dead')
    const head = { time: '1970-01-01T00:00:00.000Z', addressable: '/shop/default' }
    const event = { id: '1', source: '/s', type: 'paid', subject: 'x' }
    const trigger = { ...head, event, trigger: 'first', namespace: 'shop' }
    expect(await tail.some(4)).toEqual([
      { ...head, step: 'accepted', event, matched: ['first'], of: 2 },
      {
        ...trigger,
        step: 'attempt',
        attempt: 1,
        code: 503,
        destination: 'http://127.0.0.1:9/first',
        ms: 4,
        outcome: 'retry',
        due: '1970-01-01T00:00:01.000Z',
      },
      { ...trigger, step: 'delivered', attempts: 2, ms: 40 },
      { ...trigger, step: 'dead', attempts: 2, ms: 40, reason: 'the answer was 400', code: 400 },
    ])
  })

  test('says with why which clause of each trigger kept an event out', async () => {
    await using admin = await startAdmin({ yaml: filtered })
    await using tail = await follow(admin, '?why=true')
    await using plain = await follow(admin)
    const { second, accepted } = shop(admin)
    const why = [{ trigger: 'paid', clause: 'exact type = "paid"', value: 'made' }]
    accepted('1', [], 'made')
    accepted('2', [second], 'made')
    expect(await tail.some(3)).toMatchObject([
      { step: 'accepted', matched: [], of: 2 },
      { step: 'unmatched', why },
      { step: 'accepted', matched: ['all'], why },
    ])
    for (const line of await plain.some(3)) expect(line).not.toHaveProperty('why')
  })

  test.each([
    ['?id=2', ['accepted 2', 'attempt 2', 'dead 2']],
    ['?trigger=second', ['dead 2']],
    ['?trigger=shop/second&id=1', []],
    ['?type=made', ['accepted 3', 'unmatched 3']],
    ['?broker=default&id=1', ['accepted 1']],
    ['?broker=shop/default&id=1', ['accepted 1']],
    ['?broker=other', []],
    [
      `?filter=${encodeURIComponent("id = '1' OR type = 'made'")}`,
      ['accepted 1', 'accepted 3', 'unmatched 3'],
    ],
  ])('all that is chosen must hold: %s', async (query, expected) => {
    await using admin = await startAdmin()
    await using tail = await follow(admin, query)
    // what is told to this one is told to the other before
    await using everything = await follow(admin)
    const { second, accepted, retried, settled } = shop(admin)
    accepted('1')
    accepted('2')
    retried('2')
    settled('2', 'dead', second)
    accepted('3', [], 'made')
    await everything.some(6)
    await tail.some(expected.length)
    expect(tail.lines.map(({ step, event }) => `${String(step)} ${(event as Line)['id'] as string}`)).toEqual(
      expected,
    )
  })

  test('tells of what was rejected at ingress where that is asked for', async () => {
    await using admin = await startAdmin()
    await using tail = await follow(admin, '?rejected=true')
    await using plain = await follow(admin)
    const rejection = { path: '/shop/nil', status: 404, code: 'no-such-addressable', detail: 'none' }
    admin.channels.eventRejected.publish({ ...rejection, addressable: undefined })
    shop(admin).accepted('1')
    expect(await tail.some(2)).toMatchObject([
      {
        step: 'rejected',
        addressable: '/shop/nil',
        status: 404,
        code: 'no-such-addressable',
        detail: 'none',
      },
      { step: 'accepted' },
    ])
    expect(await plain.some(1)).toMatchObject([{ step: 'accepted' }])
  })

  test('counts and says what a slow reader misses; another one misses nothing', async () => {
    await using admin = await startAdmin()
    const reads = latch()
    await using slow = await follow(admin, '', reads.open)
    await using quick = await follow(admin)
    const { accepted } = shop(admin)
    const type = 'x'.repeat(1_000)
    // more than the kernel takes for the one that does not read
    for (let sent = 1; sent <= 30_000; sent += 1) {
      accepted(String(sent), [], type)
      if (sent % 250 === 0) await quick.some(2 * sent)
    }
    reads.countDown()
    await eventually(() => expect(told(slow.lines)).toBe(60_000))
    expect(slow.lines.some(({ step }) => step === 'missed')).toBe(true)
    expect(quick.lines.some(({ step }) => step === 'missed')).toBe(false)
  })

  test('listens to nothing when the last reader has gone', async () => {
    const channels = createChannels()
    const { eventAccepted } = channels
    // other servers of the process have subscribers of their own
    let listening = 0
    const subscribe: typeof eventAccepted.subscribe = (listener) => {
      const end = eventAccepted.subscribe(listener)
      listening += 1
      return () => {
        end()
        listening -= 1
      }
    }
    await using admin = await startAdmin({
      channels: { ...channels, eventAccepted: { ...eventAccepted, subscribe } },
    })
    expect(listening).toBe(0)
    {
      await using following = await follow(admin)
      expect(following.statusCode).toBe(200)
      expect(listening).toBe(1)
    }
    await eventually(() => expect(listening).toBe(0))
  })

  test('ends when the server stops', async () => {
    const admin = await startAdmin()
    await using tail = await follow(admin)
    shop(admin).accepted('1')
    await admin[Symbol.asyncDispose]()
    await tail.ended
    expect(tail.lines).toMatchObject([{ step: 'accepted' }])
  })

  test('refuses a filter that is none, and says where', async () => {
    await using admin = await startAdmin()
    const answer = await exchange('GET', `${admin.url}/api/tail?filter=${encodeURIComponent('type =')}`)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'admin-bad-request',
      detail: expect.stringContaining('line 1, column'),
    })
  })
})

/** Lines that a reader got, with those that it was told that it missed. */
function told(lines: readonly Line[]): number {
  return lines.reduce((sum, { step, count }) => sum + (step === 'missed' ? Number(count) : 1), 0)
}
