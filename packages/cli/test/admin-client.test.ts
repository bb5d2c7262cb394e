import { receiver } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { AdminClient } from '../src/admin-client.ts'

test('a server that is not there is a sentence that says so', async () => {
  const gone = await receiver()
  await gone.stop()
  const admin = new AdminClient({ server: gone.url, 'admin-token': undefined })
  await expect(admin.get('/api/server')).rejects.toThrow(
    /^no Millrace server at http:\S+ \(.*ECONNREFUSED.*\); start one with/,
  )
})

test("a refusal is the problem's detail", async () => {
  await using server = await receiver()
  const problem = { status: 404, title: 'There is no such kind', detail: 'kinds are brokers, triggers' }
  server.replyWith({ status: 404, body: JSON.stringify(problem) })
  const admin = new AdminClient({ server: server.url, 'admin-token': undefined })
  await expect(admin.get('/api/resources')).rejects.toThrow('kinds are brokers, triggers')
})

test('an answer that is no JSON says that this is no admin port', async () => {
  await using server = await receiver()
  server.replyWith({ body: '<html>' })
  const admin = new AdminClient({ server: server.url, 'admin-token': undefined })
  await expect(admin.get('/api/server')).rejects.toThrow('not the admin port of a Millrace server')
})

test('the token and the query go with the request', async () => {
  await using server = await receiver()
  server.replyWith({ body: '{}' })
  const admin = new AdminClient({ server: `127.0.0.1:${server.port}`, 'admin-token': 'secret' })
  await admin.post('/api/deadletters/drop', { ids: ['1'] })
  const [request] = server.requests
  expect(request?.headers.authorization).toBe('Bearer secret')
  expect(request?.body.toString()).toBe('{"ids":["1"]}')
})

test('a server that is no URL is a usage error', () => {
  expect(() => new AdminClient({ server: 'ftp://host', 'admin-token': undefined })).toThrow(
    '--server is "ftp://host"',
  )
})
