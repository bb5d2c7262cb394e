import { expect, test } from 'vitest'
import { eventually, exchange, post, receiver } from '@millrace/testkit'

test('answers follow the script, and the last one stays', async () => {
  await using sink = await receiver()
  sink.replyWith(503, { status: 429, headers: { 'retry-after': '1' } }, 202)
  const statuses = []
  for (let n = 0; n < 4; n++) statuses.push((await post(sink.url)).status)
  expect(statuses).toEqual([503, 429, 202, 202])
})

test('a path has its own requests and its own answers', async () => {
  await using sink = await receiver()
  sink.path('/a').replyWith(404)
  expect((await post(sink.path('/a').url, { id: 'one' })).status).toBe(404)
  expect((await post(sink.path('/b').url, { id: 'two', data: { n: 1 } })).status).toBe(200)
  expect(sink.path('/a').ids).toEqual(['one'])
  expect(sink.ids).toEqual(['one', 'two'])
  expect(sink.path('/b').requests[0]?.body.toString()).toBe('{"n":1}')
})

test('a held path is answered when it is released', async () => {
  await using sink = await receiver()
  const held = sink.path('/held')
  held.hold()
  const answer = post(held.url)
  await held.received(1)
  expect(held.pending).toBe(1)
  held.release()
  expect((await answer).status).toBe(200)
  await eventually(() => held.pending === 0)
})

test('it answers with an event in binary mode', async () => {
  await using sink = await receiver()
  sink.replyWith({ event: { id: 'r1', type: 'reply', data: [1] } })
  const { headers, text } = await post(sink.url)
  expect(headers['ce-type']).toBe('reply')
  expect(text).toBe('[1]')
})

test('a reset is an error at the client, before and within the body', async () => {
  await using sink = await receiver()
  sink.replyWith({ reset: 'at once' }, { reset: 'in the body', body: 'twelve bytes' })
  await expect(post(sink.url)).rejects.toThrow(/ECONNRESET|terminated|other side closed/)
  await expect(post(sink.url)).rejects.toThrow(/ECONNRESET|terminated|other side closed/)
})

test('it refuses connections while it is stopped and comes back on its port', async () => {
  await using sink = await receiver()
  await sink.stop()
  await expect(post(sink.url)).rejects.toThrow('ECONNREFUSED')
  await sink.start()
  expect((await exchange('GET', sink.url)).status).toBe(200)
})

test('it can remember the ids alone', async () => {
  await using sink = await receiver({ remember: 'ids' })
  await post(sink.url, { id: 'x' })
  expect(sink.ids).toEqual(['x'])
  expect(sink.requests).toEqual([])
})
