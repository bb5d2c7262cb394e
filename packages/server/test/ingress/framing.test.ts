import { expect, test } from 'vitest'
import { postHead, rawConnection } from './raw-connection.ts'
import { startIngress } from './start-ingress.ts'

test.each(['gzip, chunked', 'deflate,chunked'])('a body in transfer-encoding %s is 501', async (coding) => {
  await using ingress = await startIngress()
  await using raw = await rawConnection(ingress.port)
  raw.send(postHead({ 'transfer-encoding': coding }) + '2\r\nhi\r\n0\r\n\r\n')
  expect(await raw.closed).toMatch(/^HTTP\/1\.1 501 [^]*transfer-encoding/)
  expect(ingress.accepted).toEqual([])
})

test.each(['identity', 'xchunked', 'gzip', 'chunked, gzip', '"chunked"'])(
  'a body in transfer-encoding %s is 400',
  async (coding) => {
    await using ingress = await startIngress()
    await using raw = await rawConnection(ingress.port)
    raw.send(postHead({ 'transfer-encoding': coding }) + '2\r\nhi\r\n0\r\n\r\n')
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 400 [^]*bad-request/)
    expect(ingress.accepted).toEqual([])
  },
)

test('a request line without a version is 400', async () => {
  await using ingress = await startIngress()
  await using raw = await rawConnection(ingress.port)
  raw.send(postHead({ 'content-length': '0' }).replace(' HTTP/1.1', ''))
  expect(await raw.closed).toMatch(/^HTTP\/1\.1 400 [^]*no version/)
  expect(ingress.accepted).toEqual([])
})

test.each(['chunked', 'Chunked'])('a body in transfer-encoding %s is read', async (coding) => {
  await using ingress = await startIngress()
  await using raw = await rawConnection(ingress.port)
  raw.send(postHead({ 'transfer-encoding': coding }) + '2\r\nhi\r\n0\r\n\r\n')
  await raw.until(/ 202 /)
})

test('a request without a Host header is 400, over HTTP/1.0 it is taken', async () => {
  await using ingress = await startIngress()
  const head = postHead({ 'content-length': '0' }).replace('host: test\r\n', '')
  for (const [text, status] of [
    [head, 400],
    [head.replace('HTTP/1.1', 'HTTP/1.0'), 202],
  ] as const) {
    await using raw = await rawConnection(ingress.port)
    raw.send(text)
    expect(await raw.closed).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  }
  expect(ingress.accepted).toHaveLength(1)
})

test('two Host headers are 400', async () => {
  await using ingress = await startIngress()
  await using raw = await rawConnection(ingress.port)
  raw.send(postHead({ host: 'a', Host: 'b', 'content-length': '0' }))
  expect(await raw.until(/\}$/)).toMatch(/^HTTP\/1\.1 400 [^]*2 Host headers/)
  expect(ingress.accepted).toEqual([])
})

test('HTTP/1.0 is told nothing before the answer, whatever it expects', async () => {
  await using ingress = await startIngress()
  await using raw = await rawConnection(ingress.port)
  const head = postHead({ expect: '100-continue', 'content-length': '2' })
  raw.send(`${head.replace('HTTP/1.1', 'HTTP/1.0')}hi`)
  expect(await raw.closed).toMatch(/^HTTP\/1\.1 202 /)
})
