import { describe, expect, test } from 'vitest'
import { startAdmin, stored, wait, type TestAdmin } from './start-admin.ts'

const firstId = '/shop/default|Trigger|shop/first|subscriber'
const secondId = '/shop/default|Trigger|shop/second|subscriber'

/** Three events wait for `first`, which is then taken out of the topology. */
async function orphanFirst(admin: TestAdmin): Promise<void> {
  for (const id of ['a', 'b', 'c']) await wait(admin.storage, admin.number('first'), stored(id))
  await admin.storage.routes.register([secondId])
}

describe('orphans', () => {
  test('are listed with what waits, since when, and whose it was', async () => {
    await using admin = await startAdmin({ now: () => 1_000 })
    expect((await admin.get('/api/orphans')).json).toEqual({ items: [] })
    await orphanFirst(admin)
    expect((await admin.get('/api/orphans')).json).toEqual({
      items: [
        {
          id: firstId,
          addressable: '/shop/default',
          kind: 'Trigger',
          namespace: 'shop',
          name: 'first',
          role: 'subscriber',
          waiting: 3,
          since: '1970-01-01T00:00:01.000Z',
          oldest: '1970-01-01T00:00:01.000Z',
        },
      ],
    })
  })

  test('are not listed where nothing waits', async () => {
    await using admin = await startAdmin()
    await admin.storage.routes.register([secondId])
    expect((await admin.get('/api/orphans')).json).toEqual({ items: [] })
  })

  test('are dropped by command', async () => {
    await using admin = await startAdmin()
    await orphanFirst(admin)
    expect((await admin.post('/api/orphans/drop', { id: firstId })).json).toEqual({ dropped: 3 })
    expect((await admin.get('/api/orphans')).json).toEqual({ items: [] })
  })

  test.each(['second', 'shop/second', secondId])('are redirected to %s by command', async (to) => {
    await using admin = await startAdmin()
    await orphanFirst(admin)
    expect((await admin.post('/api/orphans/redirect', { id: firstId, to })).json).toEqual({ redirected: 3 })
    const [claimed] = await admin.storage.claim([{ route: admin.number('second'), max: 10, maxBytes: 1e6 }])
    expect(claimed?.leases).toHaveLength(3)
  })

  test.each([
    ['drop', {}, 400],
    ['drop', { id: 'nothing' }, 404],
    ['drop', { id: secondId }, 409],
    ['redirect', { id: firstId }, 400],
    ['redirect', { id: 'nothing', to: 'second' }, 404],
    ['redirect', { id: secondId, to: 'second' }, 409],
    ['redirect', { id: firstId, to: 'first' }, 404],
    ['redirect', { id: firstId, to: 'nobody' }, 404],
  ])('%s %j is refused with %i, and nothing changes', async (what, body, status) => {
    await using admin = await startAdmin()
    await orphanFirst(admin)
    expect((await admin.post(`/api/orphans/${what}`, body)).status).toBe(status)
    expect((await admin.get('/api/orphans')).json.items).toMatchObject([{ waiting: 3 }])
  })
})
