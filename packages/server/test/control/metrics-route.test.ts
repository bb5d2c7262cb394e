import { expect, test } from 'vitest'
import { exchange } from '@millrace/testkit'
import { startAdmin } from './start-admin.ts'

test('GET /metrics sends a scrape piece by piece, in the text format of Prometheus', async () => {
  await using admin = await startAdmin()
  const answer = await exchange('GET', `${admin.url}/metrics`)
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4' },
    text: 'one 1\ntwo 2\n',
  })
})

test('GET /metrics needs no token: it changes nothing', async () => {
  await using admin = await startAdmin({ token: 'secret' })
  expect(await exchange('GET', `${admin.url}/metrics`)).toMatchObject({ status: 200 })
})
