import { expect, describe, test } from 'vitest'
import type { RouteNumber, Storage } from '@millrace/storage'
import { startAdmin, stored } from './start-admin.ts'

async function put(storage: Storage, id: string, route: RouteNumber, more: object = {}): Promise<void> {
  await storage.append([
    { owner: '/shop/default', record: stored(id), to: [{ route, lease: false, ...more }] },
  ])
}

/** Claims what is due on the route and parks the first. */
async function park(storage: Storage, route: RouteNumber, reason = 'the answer was 400'): Promise<void> {
  const [claimed] = await storage.claim([{ route, max: 1, maxBytes: 1 }])
  const details = { reason, code: 400, attempts: 3, firstAttempt: 1, lastAttempt: 2_000 }
  await storage.settle([{ lease: claimed!.leases[0]!, outcome: { kind: 'park', details } }])
}

const eventIds = (items: readonly { event: { id: string } }[]) => items.map(({ event }) => event.id)

describe('GET /api/deliveries', () => {
  test('lists what waits, with its state, its time and its event without the data', async () => {
    await using admin = await startAdmin({ now: () => 5_000 })
    const route = admin.number('first')
    await put(admin.storage, 'a', route)
    await put(admin.storage, 'b', route, { due: 9_000, key: 'k' })
    const { json } = await admin.get('/api/deliveries')
    expect(json.items).toMatchObject([
      { addressable: '/shop/default', trigger: 'first', namespace: 'shop', state: 'waiting', attempts: 0 },
      {
        state: 'scheduled',
        due: '1970-01-01T00:00:09.000Z',
        key: 'k',
        acceptedAt: '1970-01-01T00:00:05.000Z',
      },
    ])
    expect(json.items[0].event).toMatchObject({ id: 'a', type: 'type.a' })
    expect(json.items[0].event).not.toHaveProperty('data')
    expect((await admin.get('/api/deliveries?data=true')).json.items[0].event.data).toBeDefined()
  })

  test('by trigger, by event and page by page', async () => {
    await using admin = await startAdmin()
    for (const id of ['a', 'b', 'a']) await put(admin.storage, id, admin.number('first'))
    await put(admin.storage, 'a', admin.number('second'))
    const of = async (query: string) => eventIds((await admin.get(`/api/deliveries?${query}`)).json.items)
    expect(await of('trigger=first')).toEqual(['a', 'b', 'a'])
    expect(await of('trigger=shop/second')).toEqual(['a'])
    expect(await of('trigger=first&event=a')).toEqual(['a', 'a'])
    expect(await of('event=z')).toEqual([])
    const page = (await admin.get('/api/deliveries?limit=3')).json
    expect(await of(`limit=3&after=${page.next}`)).toEqual(['a'])
    expect(await admin.get('/api/deliveries?trigger=frist')).toMatchObject({ status: 404 })
    expect(await admin.get('/api/deliveries?limit=0')).toMatchObject({ status: 400 })
  })
})

describe('POST /api/deliveries/cancel', () => {
  test('drops those named or all of an event, says which, and counts them', async () => {
    await using admin = await startAdmin()
    const counted: object[] = []
    admin.channels.deliveriesRemoved.subscribe(({ route, result, count }) => {
      counted.push([route.name, result, count])
    })
    for (const id of ['a', 'b', 'a']) await put(admin.storage, id, admin.number('first'))
    await put(admin.storage, 'a', admin.number('second'))
    const { items } = (await admin.get('/api/deliveries')).json
    const [first] = items
    expect((await admin.post('/api/deliveries/cancel', { ids: [first.id, '9-9'] })).json).toEqual({
      cancelled: [first.id],
      skipped: ['9-9'],
    })
    expect((await admin.post('/api/deliveries/cancel', { event: 'a' })).json.cancelled).toHaveLength(2)
    expect(eventIds((await admin.get('/api/deliveries')).json.items)).toEqual(['b'])
    expect(counted).toEqual([
      ['first', 'cancelled', 1],
      ['first', 'cancelled', 1],
      ['second', 'cancelled', 1],
    ])
    expect(await admin.post('/api/deliveries/cancel', {})).toMatchObject({ status: 400 })
  })
})

test('what a process holds for its turn waits, and is cancelled by who holds it; in flight is only what is under way', async () => {
  const turned: string[] = []
  const cancelled: string[] = []
  const turns = {
    idle: async (ids: readonly string[]) => new Set(ids.filter((id) => turned.includes(id))),
    cancel: async (ids: readonly string[]) => {
      const mine = ids.filter((id) => turned.includes(id))
      cancelled.push(...mine)
      return mine
    },
  }
  await using admin = await startAdmin({ turns })
  const route = admin.number('first')
  for (const id of ['a', 'b', 'c']) await put(admin.storage, id, route)
  const [claimed] = await admin.storage.claim([{ route, max: 2, maxBytes: 1_000 }])
  const [held, underWay] = claimed!.leases.map(({ id }) => id)
  turned.push(held!)
  const { items } = (await admin.get('/api/deliveries')).json
  expect(items).toMatchObject([{ state: 'waiting' }, { state: 'in-flight' }, { state: 'waiting' }])
  expect((await admin.get('/api/events?id=a')).json.items[0].deliveries).toMatchObject([{ state: 'waiting' }])
  expect((await admin.get('/api/events?id=b')).json.items[0].deliveries).toMatchObject([
    { state: 'in-flight' },
  ])
  const all = items.map(({ id }: { id: string }) => id)
  expect((await admin.post('/api/deliveries/cancel', { ids: all })).json).toEqual({
    cancelled: [all[2], held],
    skipped: [underWay],
  })
  expect(cancelled).toEqual([held])
})

describe('parked keys', () => {
  test('are listed and shown, with the events that wait in order', async () => {
    await using admin = await startAdmin({ now: () => 5_000 })
    const route = admin.number('first')
    for (const id of ['a', 'b']) await put(admin.storage, id, route, { key: 'k,1' })
    await park(admin.storage, route)
    const facts = { trigger: 'first', namespace: 'shop', key: 'k,1', waiting: 2, code: 400 }
    const { json } = await admin.get('/api/keys?trigger=first')
    expect(json.items).toMatchObject([
      { ...facts, since: '1970-01-01T00:00:05.000Z', reason: 'the answer was 400', event: { id: 'a' } },
    ])
    expect((await admin.get('/api/keys?trigger=second')).json.items).toEqual([])
    const shown = (await admin.get('/api/keys/show?trigger=shop/first&key=k%2C1')).json
    expect(shown).toMatchObject(facts)
    expect(eventIds(shown.items)).toEqual(['a', 'b'])
    expect(shown.items).toMatchObject([{ state: 'parked' }, { state: 'waiting' }])
  })

  test('are released and skipped', async () => {
    await using admin = await startAdmin()
    const route = admin.number('first')
    for (const id of ['a', 'b']) await put(admin.storage, id, route, { key: 'k' })
    const of = { trigger: 'first', key: 'k' }
    await park(admin.storage, route)
    expect((await admin.post('/api/keys/release', of)).json).toEqual({ released: true })
    await park(admin.storage, route)
    expect((await admin.post('/api/keys/skip', of)).json).toEqual({ skipped: true })
    expect(eventIds((await admin.get('/api/deliveries')).json.items)).toEqual(['b'])
    expect(eventIds((await admin.get('/api/deadletters')).json.items)).toEqual(['a'])
  })

  test.each([
    [{ trigger: 'frist', key: 'k' }, 404, /did you mean first\?/],
    [{ trigger: 'first', key: 'k' }, 404, /the key k of first is not parked/],
    [{ trigger: 'first' }, 400, /a trigger and a key/],
  ])('%j is refused', async (body, status, detail) => {
    await using admin = await startAdmin()
    const answer = await admin.post('/api/keys/release', body)
    expect([answer.status, answer.json.detail]).toEqual([status, expect.stringMatching(detail)])
  })
})
