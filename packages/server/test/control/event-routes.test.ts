import { describe, expect, test } from 'vitest'
import type { Lease, SettleOutcome, Settlement } from '@millrace/storage'
import { brokerWith } from '../topology-of.ts'
import { bury, startAdmin, stored, type TestAdmin } from './start-admin.ts'

const filtered = `${brokerWith('shop', ['first', 'second'])}---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: third, namespace: shop}
spec: {broker: default, filter: {attributes: {type: other}}, subscriber: {uri: "http://127.0.0.1:9/"}}
`

/** Stores an event for a trigger and takes its lease. */
async function append(admin: TestAdmin, id: string, archive = false, triggers = ['first']): Promise<Lease[]> {
  const to = triggers.map((trigger) => ({ route: admin.number(trigger), lease: true }))
  const [result] = await admin.storage.append([
    {
      owner: '/shop/default',
      record: stored(id),
      to,
      ...(archive && { archive: { keepMs: 60_000, eventId: id } }),
    },
  ])
  return result?.kind === 'stored' ? [...result.leases] : []
}

async function settle(
  admin: TestAdmin,
  lease: Lease | undefined,
  outcome: SettleOutcome,
  attempt?: Settlement['attempt'],
): Promise<void> {
  if (lease === undefined) throw new Error('there is no lease')
  await admin.storage.settle([{ lease, outcome, ...(attempt !== undefined && { attempt }) }])
}

interface Told {
  readonly deliveries: readonly object[]
}

async function journeys(admin: TestAdmin, id: string, more = ''): Promise<Told[]> {
  const { status, json } = await admin.get(`/api/events?id=${id}${more}`)
  expect(status).toBe(200)
  return json.items as Told[]
}

const delivered = { result: 'delivered', attempts: 1, at: 2_000, ms: 2_000 } as const

/** Its delivery fails for good: it is a dead letter, and ends so in the archive. */
async function die(admin: TestAdmin, lease: Lease | undefined, reason: string): Promise<void> {
  if (lease === undefined) throw new Error('there is no lease')
  const details = { reason, attempts: 1, firstAttempt: 1, lastAttempt: 1, delivery: lease.id }
  const outcome = { kind: 'done', end: { ...delivered, result: 'dead', reason } } as const
  await admin.storage.settle([{ lease, outcome, deadLetters: [{ route: lease.route, details }] }])
}

async function redriveAll(admin: TestAdmin): Promise<void> {
  const ids = (await admin.storage.deadLetters.list({ limit: 9 })).map(({ id }) => id)
  const { json } = await admin.post('/api/deadletters/redrive', { ids })
  expect(json).toEqual({ redriven: ids, skipped: [] })
}

async function claimed(admin: TestAdmin): Promise<Lease | undefined> {
  const [result] = await admin.storage.claim([{ route: admin.number('first'), max: 1, maxBytes: 9 }])
  return result?.leases[0]
}

async function deliveriesOf(admin: TestAdmin): Promise<readonly object[]> {
  const all = await journeys(admin, 'a')
  expect(all).toHaveLength(1)
  return all[0]?.deliveries ?? []
}

const failed = { n: 1, at: 1_000, code: 503, error: 'the answer was 503', body: 'YnVzeQ==', ms: 7 }

describe('GET /api/events', () => {
  test('tells of what waits, with its failed attempts and the first bytes of the answers', async () => {
    await using admin = await startAdmin({ yaml: filtered, now: () => 5_000 })
    const [lease] = await append(admin, 'a')
    await settle(admin, lease, { kind: 'retry', due: 9_000 }, failed)
    expect(await journeys(admin, 'a')).toEqual([
      {
        addressable: '/shop/default',
        acceptedAt: '1970-01-01T00:00:00.000Z',
        event: {
          specversion: '1.0',
          id: 'a',
          source: '/s',
          type: 'type.a',
          datacontenttype: 'application/json',
        },
        deliveries: [
          {
            trigger: 'first',
            kind: 'Trigger',
            namespace: 'shop',
            state: 'retrying',
            due: '1970-01-01T00:00:09.000Z',
            attempts: [
              {
                n: 1,
                at: '1970-01-01T00:00:01.000Z',
                code: 503,
                error: 'the answer was 503',
                body: 'busy',
                ms: 7,
              },
            ],
          },
        ],
        unmatched: [{ trigger: 'third', clause: 'exact type = "other"', value: 'type.a' }],
        unknown: ['second'],
      },
    ])
  })

  test('has the data where it is asked for, as it was', async () => {
    await using admin = await startAdmin()
    await append(admin, 'a')
    const { text } = await admin.get('/api/events?id=a&data=true')
    expect(text).toContain('"data":{"n": 12345678901234567890}')
  })

  test.each([
    ['in-flight', async () => undefined],
    ['waiting', async (admin: TestAdmin, lease: Lease) => admin.storage.release([lease])],
    [
      'scheduled',
      async (admin: TestAdmin, lease: Lease) => settle(admin, lease, { kind: 'retry', due: 9_000 }),
    ],
  ])('says %s', async (state, happens) => {
    await using admin = await startAdmin({ now: () => 5_000 })
    const [lease] = await append(admin, 'a')
    await happens(admin, lease as Lease)
    expect(await journeys(admin, 'a')).toMatchObject([{ deliveries: [{ state, attempts: [] }] }])
  })

  test('says paused', async () => {
    await using admin = await startAdmin({
      routeState: () => ({ inFlight: 0, lastError: undefined, paused: true }),
    })
    await admin.storage.release(await append(admin, 'a'))
    expect(await journeys(admin, 'a')).toMatchObject([{ deliveries: [{ state: 'paused' }] }])
  })

  test('says of what waits for a reference that leads nowhere that it does', async () => {
    const trigger = `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: lost, namespace: shop}
spec: {broker: default, subscriber: {ref: {apiVersion: v1, kind: Service, name: absent}}}
`
    await using admin = await startAdmin({ yaml: `${brokerWith('shop', [])}${trigger}` })
    await admin.storage.release(await append(admin, 'a', false, ['lost']))
    expect(await journeys(admin, 'a')).toMatchObject([
      { deliveries: [{ state: 'waiting', reason: 'a reference leads nowhere' }] },
    ])
  })

  test('says orphaned of what waits for a trigger that is gone', async () => {
    await using admin = await startAdmin()
    const numbers = await admin.storage.routes.register(['/shop/default|Trigger|shop/gone|subscriber'])
    const to = [{ route: [...numbers.values()][0] ?? 0, lease: false }]
    await admin.storage.append([{ owner: '/shop/default', record: stored('a'), to }])
    await admin.storage.routes.register([])
    expect(await journeys(admin, 'a')).toMatchObject([
      { deliveries: [{ trigger: 'gone', namespace: 'shop', state: 'orphaned' }] },
    ])
  })

  test('tells of dead letters at rest', async () => {
    await using admin = await startAdmin()
    await bury(admin.storage, admin.number('first'), stored('b'))
    expect(await journeys(admin, 'b')).toMatchObject([
      {
        addressable: '/shop/default',
        deliveries: [
          {
            trigger: 'first',
            kind: 'Trigger',
            state: 'dead',
            reason: 'the answer was 400',
            attempts: [{ n: 1, code: 400, error: 'the answer was 400', at: '1970-01-01T00:00:01.000Z' }],
          },
        ],
      },
    ])
  })

  test('tells of what was delivered where it is in the archive, and of what still waits beside it', async () => {
    await using admin = await startAdmin()
    const [first, second] = await append(admin, 'a', true, ['first', 'second'])
    await settle(admin, first, { kind: 'retry', due: 0 }, failed)
    const [again] =
      (await admin.storage.claim([{ route: admin.number('first'), max: 1, maxBytes: 9 }]))[0]?.leases ?? []
    const end = { result: 'delivered', attempts: 2, at: 2_000, ms: 2_000 } as const
    await settle(admin, again, { kind: 'done', end })
    const [journey] = await journeys(admin, 'a')
    expect(journey?.deliveries).toMatchObject([
      {
        trigger: 'first',
        state: 'delivered',
        attempts: [
          { n: 1, code: 503 },
          { n: 2, at: '1970-01-01T00:00:02.000Z' },
        ],
      },
      { trigger: 'second', state: 'in-flight' },
    ])
    await settle(admin, second, { kind: 'done', end: { ...end, result: 'dead', reason: 'no' } })
    expect((await journeys(admin, 'a'))[0]?.deliveries[1]).toMatchObject({ state: 'dead', reason: 'no' })
  })

  test('tells of an archived event that was redriven what became of it then, whether that is well or not', async () => {
    const annotated = 'metadata: {annotations: {millrace.dev/archive: PT1H}, '
    const yaml = brokerWith('shop', ['first', 'second']).replace('metadata: {', annotated)
    await using admin = await startAdmin({ yaml })
    const [first, second] = await append(admin, 'a', true, ['first', 'second'])
    await settle(admin, second, { kind: 'done', end: { ...delivered, result: 'dead', reason: 'gone' } })
    await die(admin, first, 'no')
    expect(await deliveriesOf(admin)).toMatchObject([
      { trigger: 'first', state: 'dead', reason: 'no', deadLetter: expect.any(String) },
      { trigger: 'second', state: 'dead', reason: 'gone' },
    ])

    await redriveAll(admin)
    expect(await deliveriesOf(admin)).toMatchObject([
      { trigger: 'first', state: 'waiting', attempts: [] },
      { trigger: 'second', state: 'dead' },
    ])
    await die(admin, await claimed(admin), 'no again')
    const dead = await deliveriesOf(admin)
    expect(dead).toMatchObject([{ state: 'dead', reason: 'no again' }, { state: 'dead' }])
    expect(dead[0]).toHaveProperty('deadLetter')

    await redriveAll(admin)
    await settle(admin, await claimed(admin), { kind: 'done', end: delivered })
    expect(await deliveriesOf(admin)).toMatchObject([
      { trigger: 'first', state: 'delivered', attempts: [{ n: 1 }] },
      { trigger: 'second', state: 'dead', reason: 'gone' },
    ])
  })

  test('tells of an archived event that matched nothing, with the clause of each trigger', async () => {
    await using admin = await startAdmin({ yaml: filtered })
    await append(admin, 'a', true, [])
    expect(await journeys(admin, 'a')).toMatchObject([{ deliveries: [], unmatched: [{ trigger: 'third' }] }])
  })

  test('names the triggers that match an archived event and have nothing of it, such as what was cancelled', async () => {
    await using admin = await startAdmin()
    await append(admin, 'a', true, ['first'])
    const [journey] = await journeys(admin, 'a')
    expect(journey).toMatchObject({ deliveries: [{ trigger: 'first' }], unknown: ['second'] })
  })

  test('has one journey for each time that the id was accepted, and none where it never was', async () => {
    await using admin = await startAdmin()
    await append(admin, 'a')
    await append(admin, 'b')
    expect(await journeys(admin, 'a')).toHaveLength(1)
    expect(await journeys(admin, 'nothing')).toEqual([])
    expect((await admin.get('/api/events')).status).toBe(400)
  })
})
