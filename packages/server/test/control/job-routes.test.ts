import { describe, expect, test } from 'vitest'
import { startAdmin, stored, wait } from './start-admin.ts'

const secondId = '/shop/default|Trigger|shop/second|subscriber'

describe('/api/jobs', () => {
  test('a redrive is begun with what it was given, and is shown before anybody works on it', async () => {
    await using admin = await startAdmin({ now: () => 1_000 })
    const body = { kind: 'redrive', trigger: 'first', type: 't', since: 'PT1S', limit: 7, rate: 5 }
    const { status, json } = await admin.post('/api/jobs', body)
    expect(status).toBe(202)
    expect(json).toMatchObject({
      id: expect.stringMatching(/^redrive-[a-z0-9]{8}$/),
      kind: 'redrive',
      what: 'dead letters of trigger first of type t since 1970-01-01T00:00:00.000Z at most 7 5/s',
      state: 'waiting',
      done: 0,
      createdAt: expect.any(String),
    })
    const { id } = json as { id: string }
    expect((await admin.get(`/api/jobs/${id}`)).json).toEqual(json)
    expect((await admin.get('/api/jobs')).json).toEqual({ items: [json] })
    expect(await admin.storage.jobs.get(id)).toMatchObject({
      input: { routes: [admin.number('first')], type: 't', since: 0, limit: 7, perSecond: 5 },
    })
  })

  test('is cancelled once; then it has ended', async () => {
    await using admin = await startAdmin()
    const { json } = await admin.post('/api/jobs', { kind: 'redrive' })
    const { id } = json as { id: string }
    expect((await admin.post(`/api/jobs/${id}/cancel`, {})).json).toEqual({ cancelled: true })
    expect((await admin.get(`/api/jobs/${id}`)).json).toMatchObject({ state: 'cancelled' })
    expect(await admin.post(`/api/jobs/${id}/cancel`, {})).toMatchObject({
      status: 409,
      json: { code: 'admin-job-ended', detail: `${id} has ended: it is cancelled` },
    })
  })

  test('orphans are named by their trigger or their id, and where they go by a trigger in force', async () => {
    await using admin = await startAdmin()
    await wait(admin.storage, admin.number('first'), stored('a'))
    await admin.storage.routes.register([secondId])
    const dropped = await admin.post('/api/jobs', { kind: 'drop-orphans', orphan: 'shop/first' })
    expect(dropped).toMatchObject({ status: 202, json: { what: 'orphans of shop/first' } })
    const body = { kind: 'redirect-orphans', orphan: 'first', to: 'second' }
    const moved = await admin.post('/api/jobs', body)
    expect(moved).toMatchObject({ status: 202, json: { what: 'orphans of first to second' } })
    const { id } = moved.json as { id: string }
    expect(await admin.storage.jobs.get(id)).toMatchObject({
      input: { routes: [admin.number('first')], to: { route: admin.number('second') } },
    })
  })

  test.each([
    [{}, 400, /the body has to be \{"kind": "redrive"\}/],
    [[], 400, /the body has to be/],
    [{ kind: 'retention' }, 400, /the body has to be/],
    [{ kind: 'redrive', triger: 'first' }, 400, /triger is not known; it takes kind, trigger, type/],
    [{ kind: 'redrive', trigger: 1 }, 400, /trigger has to be a text/],
    [{ kind: 'redrive', trigger: 'frist' }, 404, /there is no trigger frist, did you mean first\?/],
    [{ kind: 'redrive', since: 'noon' }, 400, /since "noon" has to be a time/],
    [{ kind: 'redrive', rate: 0 }, 400, /rate has to be a whole number from 1/],
    [{ kind: 'redrive', limit: 1.5 }, 400, /limit has to be a whole number from 1/],
    [{ kind: 'drop-orphans' }, 400, /orphan has to be a trigger that is gone/],
    [{ kind: 'drop-orphans', orphan: 'x', to: 'y' }, 400, /to is not known/],
    [{ kind: 'drop-orphans', orphan: 'x' }, 404, /no route is named x/],
    [{ kind: 'drop-orphans', orphan: 'first' }, 409, /is part of the manifests/],
    [{ kind: 'redirect-orphans', orphan: 'first' }, 400, /to has to be a trigger in force/],
  ])('%j is refused', async (body, status, detail) => {
    await using admin = await startAdmin()
    const refused = await admin.post('/api/jobs', body)
    expect(refused).toMatchObject({ status, json: { detail: expect.stringMatching(detail) } })
    expect((await admin.get('/api/jobs')).json).toEqual({ items: [] })
  })

  test('what is not there is 404, and what begins or ends one needs the token', async () => {
    await using admin = await startAdmin({ token: 'sesame' })
    expect(await admin.get('/api/jobs/none')).toMatchObject({
      status: 404,
      json: { code: 'admin-no-such-job' },
    })
    for (const path of ['/api/jobs', '/api/jobs/none/cancel'])
      expect(await admin.post(path, { kind: 'redrive' })).toMatchObject({ status: 401 })
  })
})
