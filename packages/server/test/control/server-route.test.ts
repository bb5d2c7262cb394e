import { expect, test } from 'vitest'
import { StorageError } from '@millrace/storage'
import { startAdmin } from './start-admin.ts'

test('GET /api/server says what runs, where, on which store, and how the last reload went', async () => {
  await using admin = await startAdmin({ now: () => 0 })
  expect((await admin.get('/api/server')).json).toEqual({
    version: '1.2.3',
    pid: 42,
    ingress: 'http://127.0.0.1:8080',
    admin: admin.url,
    store: {
      url: 'memory:',
      durability: expect.any(String),
      health: { kind: 'ok' },
      bytes: expect.any(Number),
    },
    reload: { at: '1970-01-01T00:00:00.000Z', ok: true, errors: [] },
  })
})

test('GET /api/server answers while the store is away', async () => {
  await using admin = await startAdmin()
  Object.assign(admin.storage, { info: () => Promise.reject(new StorageError('dead', 'its thread is gone')) })
  expect(await admin.get('/api/server')).toMatchObject({ status: 200, json: { store: { url: 'memory:' } } })
})
