import { describe, expect, test } from 'vitest'
import { exchange } from '@millrace/testkit'
import { StorageError } from '@millrace/storage'
import { AdminServer } from '../../src/control/admin-server.ts'
import { Pauses } from '../../src/pauses.ts'
import { startAdmin } from './start-admin.ts'

describe('health', () => {
  test('/livez answers ok', async () => {
    await using admin = await startAdmin()
    expect(await exchange('GET', `${admin.url}/livez`)).toMatchObject({ status: 200, text: 'ok' })
  })

  test('/readyz answers 200, and 503 with the reasons', async () => {
    let reasons: string[] = []
    await using admin = await startAdmin({ reasons: () => reasons })
    expect(await admin.get('/readyz')).toMatchObject({ status: 200, json: { ready: true } })
    reasons = ['store dead: its thread is gone']
    expect(await admin.get('/readyz')).toMatchObject({ status: 503, json: { ready: false, reasons } })
  })
})

describe('who may ask', () => {
  const drop = '/api/deadletters/drop'

  test('without a token everything on loopback', async () => {
    await using admin = await startAdmin()
    expect((await admin.post(drop, { ids: [] })).status).toBe(200)
  })

  test('with a token everybody may read, and what changes anything needs it', async () => {
    await using admin = await startAdmin({ token: 'secret' })
    expect((await admin.get('/api/server')).status).toBe(200)
    for (const authorization of [undefined, 'Bearer wrong', 'Basic secret', 'Bearer', 'Bearer secret2'])
      expect(
        await admin.post(drop, { ids: [] }, authorization === undefined ? {} : { authorization }),
      ).toMatchObject({
        status: 401,
        json: { code: 'admin-unauthorized' },
      })
    for (const authorization of ['Bearer secret', 'bearer secret'])
      expect((await admin.post(drop, { ids: [] }, { authorization })).status).toBe(200)
  })

  test('without a token a Host that is not this machine is refused (DNS rebinding), health is not', async () => {
    await using admin = await startAdmin()
    const headers = { host: 'evil.example' }
    expect(await exchange('GET', `${admin.url}/api/server`, { headers })).toMatchObject({ status: 421 })
    expect(await exchange('GET', `${admin.url}/livez`, { headers })).toMatchObject({ status: 200 })
    const local = { host: 'localhost:1234' }
    expect(await exchange('GET', `${admin.url}/api/server`, { headers: local })).toMatchObject({
      status: 200,
    })
  })

  test('with a token any Host is served', async () => {
    await using admin = await startAdmin({ token: 'secret' })
    const headers = { host: 'millrace:8081' }
    expect(await exchange('GET', `${admin.url}/api/server`, { headers })).toMatchObject({ status: 200 })
  })

  test('a form of a web page cannot change anything: only JSON is read', async () => {
    await using admin = await startAdmin()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expect(
        await exchange('POST', admin.url + drop, { headers: { 'content-type': type }, body: '{"ids":[]}' }),
      ).toMatchObject({ status: 415 })
  })

  test('an address beyond loopback without a token does not start', async () => {
    await using admin = await startAdmin()
    const options = {
      listen: { host: '0.0.0.0', port: 0 },
      storage: admin.storage,
      manifests: admin.manifests,
    }
    const server = new AdminServer({
      ...options,
      version: '1.2.3',
      pid: 42,
      storeUrl: 'memory:',
      ingressUrl: () => '',
      reasons: () => [],
      routeOf: () => undefined,
      numberOf: () => undefined,
      turns: { idle: async () => new Set(), cancel: async () => [] },
      replicas: admin.replicas,
      routeState: () => ({ inFlight: 0, lastError: undefined, paused: false }),
      sources: { kinds: () => [], columnsOf: () => [], statusOf: (_, compiled) => compiled },
      resetSource: async () => undefined,
      pauses: await Pauses.open(admin.storage, () => undefined),
      skipParked: async () => false,
      channels: admin.channels,
      metrics: { contentType: 'text/plain', text: async function* () {} },
      log: { error: () => undefined },
    })
    await expect(server.start()).rejects.toThrow(/0\.0\.0\.0 .*MILLRACE_ADMIN_TOKEN/)
  })
})

describe('what goes wrong', () => {
  test.each([
    ['GET', '/nothing', 404, 'admin-not-found'],
    ['GET', '/api/nothing', 404, 'admin-not-found'],
    ['PUT', '/api/server', 404, 'admin-not-found'],
  ])('%s %s is a problem %i', async (method, path, status, code) => {
    await using admin = await startAdmin()
    const answer = await exchange(method, admin.url + path)
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': expect.stringMatching(/^application\/problem\+json\b/) },
    })
    expect(JSON.parse(answer.text)).toMatchObject({ type: `urn:millrace:problem:${code}`, status, code })
  })

  test('malformed JSON is a 400', async () => {
    await using admin = await startAdmin()
    const headers = { 'content-type': 'application/json' }
    const answer = await exchange('POST', `${admin.url}/api/orphans/drop`, { headers, body: '{' })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'admin-bad-request' })
  })

  test('a store that is away is a 503 that says so', async () => {
    await using admin = await startAdmin()
    const away = new StorageError('unavailable', 'the disk is gone')
    Object.assign(admin.storage, { stats: () => Promise.reject(away) })
    expect(await admin.get('/api/resources')).toMatchObject({
      status: 503,
      json: { detail: 'the disk is gone' },
    })
    expect(admin.errors).toEqual([])
  })

  test('a mistake of ours is a 500 that tells nothing, and is logged', async () => {
    await using admin = await startAdmin()
    Object.assign(admin.storage, { stats: () => Promise.reject(new Error('hunter2')) })
    const answer = await admin.get('/api/resources')
    expect(answer).toMatchObject({ status: 500, json: { code: 'admin-internal' } })
    expect(answer.text).not.toContain('hunter2')
    expect(admin.errors).toHaveLength(1)
  })
})
