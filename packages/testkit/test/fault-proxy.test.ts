import { expect, test } from 'vitest'
import { eventually, faultProxy, latch, post, receiver } from '@millrace/testkit'

test('a cut line fails what comes; a mended one passes it on', async () => {
  await using sink = await receiver()
  await using proxy = await faultProxy(sink)
  const url = `http://${proxy.host}:${proxy.port}/`
  expect((await post(url)).status).toBe(200)
  proxy.cut()
  await expect(post(url)).rejects.toThrow(/ECONNRESET|other side closed/)
  proxy.mend()
  expect((await post(url)).status).toBe(200)
})

test('a stalled line passes nothing on until it is mended', async () => {
  await using sink = await receiver()
  await using proxy = await faultProxy(sink)
  proxy.stall()
  const answered = latch()
  const answer = post(`http://${proxy.host}:${proxy.port}/`).finally(() => answered.countDown())
  await eventually(() => proxy.connections === 1)
  expect(answered.remaining).toBe(1)
  expect(sink.count).toBe(0)
  proxy.mend()
  expect((await answer).status).toBe(200)
})
