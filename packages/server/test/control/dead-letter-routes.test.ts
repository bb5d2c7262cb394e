import { describe, expect, test } from 'vitest'
import { bury, startAdmin, stored } from './start-admin.ts'

interface Item {
  readonly id: string
  readonly route: string
  readonly event: { readonly id: string } | null
}

function ids(items: readonly Item[]): (string | undefined)[] {
  return items.map(({ event }) => event?.id)
}

describe('GET /api/deadletters', () => {
  test('lists the oldest first, with the route’s name, times and the event', async () => {
    await using admin = await startAdmin()
    await bury(admin.storage, admin.number('first'), stored('a'), { type: 'type.a', at: 1_000 })
    await bury(admin.storage, admin.number('second'), stored('b'), { type: 'type.b', at: 2_000 })
    const { json } = await admin.get('/api/deadletters')
    expect(ids(json.items)).toEqual(['a', 'b'])
    expect(json.next).toBeUndefined()
    expect(json.items[0]).toMatchObject({
      id: expect.any(String),
      addressable: '/shop/default',
      route: 'first',
      namespace: 'shop',
      reason: 'the answer was 400',
      code: 400,
      attempts: 1,
      firstAttempt: '1970-01-01T00:00:01.000Z',
      lastAttempt: '1970-01-01T00:00:01.000Z',
      event: { specversion: '1.0', id: 'a', source: '/s', type: 'type.a' },
    })
  })

  test('keeps the bytes of JSON data, big integers too', async () => {
    await using admin = await startAdmin()
    await bury(admin.storage, admin.number('first'), stored('a', '{"n": 12345678901234567890, "f": 1.0}'))
    expect((await admin.get('/api/deadletters')).text).toContain('{"n": 12345678901234567890, "f": 1.0}')
  })

  test('chooses by trigger, type and time', async () => {
    await using admin = await startAdmin({ now: () => 3_600_000 })
    await bury(admin.storage, admin.number('first'), stored('a'), { type: 'type.a', at: 0 })
    await bury(admin.storage, admin.number('second'), stored('b'), { type: 'type.b', at: 3_000_000 })
    for (const [query, expected] of [
      ['trigger=first', ['a']],
      ['trigger=shop/second', ['b']],
      ['type=type.b', ['b']],
      ['since=1970-01-01T00:30:00Z', ['b']],
      ['since=PT20M', ['b']],
      ['since=PT2H', ['a', 'b']],
      ['trigger=first&type=type.b', []],
    ] as const)
      expect(ids((await admin.get(`/api/deadletters?${query}`)).json.items)).toEqual(expected)
  })

  test.each([
    ['trigger=frist', 404, /did you mean first\?/],
    ['trigger=other/first', 404, /did you mean shop\/first\?/],
    ['limit=0', 400, /limit/],
    ['limit=x', 400, /limit/],
    ['since=yesterday', 400, /since/],
  ])('answers %s with %i', async (query, status, detail) => {
    await using admin = await startAdmin()
    const answer = await admin.get(`/api/deadletters?${query}`)
    expect(answer.status).toBe(status)
    expect(answer.json.detail).toMatch(detail)
  })

  test('gives page after page to the last', async () => {
    await using admin = await startAdmin()
    for (let n = 0; n < 5; n++) await bury(admin.storage, admin.number('first'), stored(String(n)))
    const seen: (string | undefined)[] = []
    let after: string | undefined = ''
    for (let page = 0; after !== undefined && page < 10; page++) {
      const { json } = await admin.get(`/api/deadletters?limit=2${after === '' ? '' : `&after=${after}`}`)
      seen.push(...ids(json.items))
      after = json.next
    }
    expect(seen).toEqual(['0', '1', '2', '3', '4'])
  })

  test('shows one that cannot be read with its bytes, and the rest with it', async () => {
    await using admin = await startAdmin()
    await bury(admin.storage, admin.number('first'), Uint8Array.of(9, 1, 2, 3))
    await bury(admin.storage, admin.number('first'), stored('good'))
    const { json } = await admin.get('/api/deadletters')
    expect(json.items).toMatchObject([{ event: null, raw: 'CQECAw==' }, { event: { id: 'good' } }])
  })
})

describe('GET /api/deadletters/:id', () => {
  test('shows one with where it was sent', async () => {
    await using admin = await startAdmin()
    await bury(admin.storage, admin.number('first'), stored('a'))
    const { json } = await admin.get('/api/deadletters')
    const one = await admin.get(`/api/deadletters/${json.items[0].id}`)
    expect(one.json).toMatchObject({ ...json.items[0], destination: 'http://127.0.0.1:9/first' })
  })

  test('is 404 where there is none', async () => {
    await using admin = await startAdmin()
    expect(await admin.get('/api/deadletters/999')).toMatchObject({
      status: 404,
      json: { code: 'admin-no-such-dead-letter' },
    })
  })
})

describe('POST /api/deadletters/redrive', () => {
  test('makes each a fresh delivery to where it failed', async () => {
    await using admin = await startAdmin()
    const route = admin.number('first')
    await bury(admin.storage, route, stored('a'))
    const [{ id }] = (await admin.get('/api/deadletters')).json.items
    expect((await admin.post('/api/deadletters/redrive', { ids: [id] })).json).toEqual({
      redriven: [id],
      skipped: [],
    })
    const [claimed] = await admin.storage.claim([{ route, max: 10, maxBytes: 1e6 }])
    expect(claimed?.leases).toMatchObject([{ attempts: 0 }])
    expect((await admin.get('/api/deadletters')).json.items).toEqual([])
  })

  test('of a step is held against the share of its flow', async () => {
    const yaml = `apiVersion: flows.knative.dev/v1
kind: Sequence
metadata: {name: steps, namespace: shop}
spec:
  steps: [{uri: 'http://127.0.0.1:1/'}, {uri: 'http://127.0.0.1:2/'}]`
    const record = stored('a', 'x'.repeat(1_000))
    await using admin = await startAdmin({ yaml, limits: { ownerBytes: 1_500 } })
    const route = admin.number('steps-kn-sequence-1')
    await bury(admin.storage, route, record)
    const [{ id }] = (await admin.get('/api/deadletters')).json.items
    await admin.post('/api/deadletters/redrive', { ids: [id] })
    const item = { owner: '/shop/steps', record, to: [{ route, lease: false }] }
    expect(await admin.storage.append([item])).toMatchObject([{ kind: 'refused', reason: 'share' }])
  })

  test('skips with a reason: one that is not there, unreadable, or whose trigger is gone', async () => {
    await using admin = await startAdmin()
    await bury(admin.storage, admin.number('first'), Uint8Array.of(9, 1, 2, 3))
    const numbers = await admin.storage.routes.register(['/shop/default|Trigger|shop/gone|subscriber'])
    await bury(admin.storage, numbers.get('/shop/default|Trigger|shop/gone|subscriber') ?? 0, stored('b'))
    const [unreadable, orphaned] = (await admin.get('/api/deadletters')).json.items.map(({ id }: Item) => id)
    const { json } = await admin.post('/api/deadletters/redrive', {
      ids: [unreadable, orphaned, '999', '999'],
    })
    expect(json.redriven).toEqual([])
    expect(json.skipped).toMatchObject([
      { id: unreadable, reason: expect.stringContaining('cannot be read') },
      { id: orphaned, reason: expect.stringContaining('no longer in the manifests') },
      { id: '999', reason: expect.stringContaining('no such dead letter') },
    ])
    expect((await admin.get('/api/deadletters')).json.items).toHaveLength(2)
  })

  test('skips a reply that could not be forwarded: it is not for the subscriber that gave it', async () => {
    await using admin = await startAdmin()
    await bury(admin.storage, admin.number('first'), stored('r'), { ofReply: true })
    const [{ id }] = (await admin.get('/api/deadletters')).json.items
    const { json } = await admin.post('/api/deadletters/redrive', { ids: [id] })
    expect(json).toEqual({
      redriven: [],
      skipped: [{ id, reason: expect.stringContaining('it is a reply') }],
    })
    expect((await admin.get('/api/deadletters')).json.items).toHaveLength(1)
  })

  test.each([{}, { ids: 'a' }, { ids: [1] }, { ids: Array.from({ length: 1_001 }, String) }, null])(
    'refuses the body %#',
    async (body) => {
      await using admin = await startAdmin()
      expect((await admin.post('/api/deadletters/redrive', body)).status).toBe(400)
      expect((await admin.post('/api/deadletters/drop', body)).status).toBe(400)
    },
  )
})

test('POST /api/deadletters/drop drops those that are there and says how many', async () => {
  await using admin = await startAdmin()
  for (const id of ['a', 'b']) await bury(admin.storage, admin.number('first'), stored(id))
  const [first] = (await admin.get('/api/deadletters')).json.items
  expect((await admin.post('/api/deadletters/drop', { ids: [first.id, '999'] })).json).toEqual({ dropped: 1 })
  expect(ids((await admin.get('/api/deadletters')).json.items)).toEqual(['b'])
})
