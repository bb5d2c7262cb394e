import { describe, expect, test } from 'vitest'
import { settled } from '../fixture/admin.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { isWell, othersAreServed } from './bystander.ts'
import { head, wire } from './wire.ts'

const server = oneServer((urlOf) => broker() + trigger('all', urlOf('/')))

const chunked = 'Transfer-Encoding: chunked\r\n'
const lastChunk = '0\r\n\r\n'

/**
 * Sends it with a whole request behind it, as a hostile producer hopes to get one past a proxy, and waits
 * for the end. → the statuses
 */
async function attempt(what: string, text: string): Promise<number[]> {
  await using raw = await wire(server.millrace)
  raw.send(text + head({ id: `smuggled behind ${what}`, lines: 'Content-Length: 0\r\n' }))
  await raw.closed
  return raw.statuses
}

describe('where a body ends is never guessed', () => {
  test.each([
    ['two different lengths', head({ lines: 'Content-Length: 2\r\nContent-Length: 3\r\n' }) + 'hi'],
    ['the same length twice', head({ lines: 'Content-Length: 2\r\nContent-Length: 2\r\n' }) + 'hi'],
    ['a list of lengths', head({ lines: 'Content-Length: 2, 2\r\n' }) + 'hi'],
    ['a length with a sign', head({ lines: 'Content-Length: +2\r\n' }) + 'hi'],
    ['a negative length', head({ lines: 'Content-Length: -2\r\n' }) + 'hi'],
    ['a hexadecimal length', head({ lines: 'Content-Length: 0x2\r\n' }) + 'hi'],
    ['a length in two words', head({ lines: 'Content-Length: 2 2\r\n' }) + 'hi'],
    ['an empty length', head({ lines: 'Content-Length:\r\n' })],
    ['a length beyond 64 bits', head({ lines: `Content-Length: ${'9'.repeat(30)}\r\n` }) + 'hi'],
    ['a space before the colon', head({ lines: 'Content-Length : 2\r\n' }) + 'hi'],
    ['chunked and a length', head({ lines: `${chunked}Content-Length: 5\r\n` }) + lastChunk],
    ['a length and chunked', head({ lines: `Content-Length: 5\r\n${chunked}` }) + lastChunk],
    ['chunked twice', head({ lines: chunked + chunked }) + lastChunk],
    ['chunked, chunked', head({ lines: 'Transfer-Encoding: chunked, chunked\r\n' }) + lastChunk],
    [
      'chunked before another coding',
      head({ lines: 'Transfer-Encoding: chunked, identity\r\n' }) + lastChunk,
    ],
    ['identity', head({ lines: 'Transfer-Encoding: identity\r\n' })],
    ['a coding like chunked', head({ lines: 'Transfer-Encoding: xchunked\r\n' }) + lastChunk],
    ['chunked in quotes', head({ lines: 'Transfer-Encoding: "chunked"\r\n' }) + lastChunk],
    ['chunked behind a vertical tab', head({ lines: 'Transfer-Encoding:\x0bchunked\r\n' }) + lastChunk],
    ['chunked, a space before the colon', head({ lines: 'Transfer-Encoding : chunked\r\n' }) + lastChunk],
    ['chunked on a line of its own', head({ lines: 'Transfer-Encoding:\r\n chunked\r\n' }) + lastChunk],
    ['a chunk of a negative size', head({ lines: chunked }) + `-2\r\nhi\r\n${lastChunk}`],
    ['a chunk size with 0x', head({ lines: chunked }) + `0x2\r\nhi\r\n${lastChunk}`],
    ['a chunk size beyond 64 bits', head({ lines: chunked }) + `${'F'.repeat(18)}\r\nhi\r\n${lastChunk}`],
    ['a chunk size with a space', head({ lines: chunked }) + `2 \r\nhi\r\n${lastChunk}`],
    ['a chunk longer than it says', head({ lines: chunked }) + `2\r\nhiho\r\n${lastChunk}`],
    ['a chunk shorter than it says', head({ lines: chunked }) + `5\r\nhi\r\n${lastChunk}`],
    ['a bare LF behind a chunk size', head({ lines: chunked }) + `2\nhi\r\n${lastChunk}`],
    ['a bare LF behind a chunk', head({ lines: chunked }) + `2\r\nhi\n${lastChunk}`],
    ['a bare LF behind a chunk extension', head({ lines: chunked }) + `2;a\nhi\r\n${lastChunk}`],
    ['a length among the trailers', head({ lines: chunked }) + '2\r\nhi\r\n0\r\nContent-Length: 5\r\n\r\n'],
    ['bare LFs throughout', head({ lines: 'Content-Length: 0\r\n' }).replaceAll('\r\n', '\n')],
    ['a bare LF between headers', head({ lines: 'x: a\ny: b\r\nContent-Length: 0\r\n' })],
    ['a bare CR between headers', head({ lines: 'x: a\ry: b\r\nContent-Length: 0\r\n' })],
    ['a bare LF at the end of the head', head({ lines: 'Content-Length: 0\r\n' }).replace(/\r\n$/, '\n')],
    ['a folded header', head({ lines: 'x: a\r\n b\r\nContent-Length: 0\r\n' })],
    ['a space before the first header', head({ lines: 'Content-Length: 0\r\n' }).replace('Host', ' Host')],
  ])('%s: 400, closed, and nothing behind it is looked at', async (what, text) => {
    expect(await attempt(what, text)).toEqual([400])
  })

  test('chunked over HTTP/1.0: served, closed, and nothing behind it is looked at', async () => {
    const line = 'POST /default/default HTTP/1.0'
    expect(await attempt('HTTP/1.0', head({ id: 'old', line, lines: chunked }) + lastChunk)).toEqual([202])
  })

  test('compressed and chunked: 501, closed, and nothing behind it is looked at', async () => {
    expect(
      await attempt('gzip', head({ lines: 'Transfer-Encoding: gzip, chunked\r\n' }) + lastChunk),
    ).toEqual([501])
  })

  test.each([
    ['a body on a GET', `GET /default/default HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello`, 405],
    [
      'a body to nobody',
      `${head({ line: 'POST /no/body HTTP/1.1', lines: 'Content-Length: 5\r\n' })}hello`,
      404,
    ],
    ['a body too large', `${head({ lines: 'Content-Length: 1048577\r\n' })}${'x'.repeat(1_048_577)}`, 413],
  ])('%s: answered, closed, and nothing behind it is looked at', async (what, text, status) => {
    expect(await attempt(what, text)).toEqual([status])
  })
})

describe('what is not HTTP/1.1', () => {
  const line = (text: string): string => head({ line: text, lines: 'Content-Length: 0\r\n' })
  test.each([
    ['a TLS hello', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'x'.repeat(100)}`],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/9.9', line('POST /default/default HTTP/9.9')],
    ['no version', line('POST /default/default')],
    ['an unknown method', line('POUST /default/default HTTP/1.1')],
    ['a lower-case method', line('post /default/default HTTP/1.1')],
    ['a NUL in the path', line('POST /default/def\0ault HTTP/1.1')],
    ['a raw byte in the path', line('POST /default/d\xe9fault HTTP/1.1')],
    ['a space in the path', line('POST /default/def ault HTTP/1.1')],
    ['a header without a colon', head({ lines: 'nonsense\r\nContent-Length: 0\r\n' })],
    ['a header without a name', head({ lines: ': x\r\nContent-Length: 0\r\n' })],
    ['a space in a header name', head({ lines: 'a b: x\r\nContent-Length: 0\r\n' })],
    ['a control byte in a header name', head({ lines: 'a\x01b: x\r\nContent-Length: 0\r\n' })],
    ['a control byte in a header', head({ lines: 'a: \x01\r\nContent-Length: 0\r\n' })],
    ['a NUL in a header', head({ lines: 'a: \0\r\nContent-Length: 0\r\n' })],
    ['a DEL in a header', head({ lines: 'a: \x7f\r\nContent-Length: 0\r\n' })],
    ['no Host', head({ lines: 'Content-Length: 0\r\n' }).replace('Host: test\r\n', '')],
    [
      'random bytes',
      Array.from({ length: 2_000 }, (_, n) => String.fromCharCode((n * 167 + 13) % 256)).join(''),
    ],
  ])('%s: 400 and closed', async (what, text) => {
    expect(await attempt(what, text)).toEqual([400])
  })

  test('CONNECT: closed', async () => {
    expect(await attempt('CONNECT', 'CONNECT test:80 HTTP/1.1\r\nHost: test\r\n\r\n')).toEqual([])
  })
})

test('two Hosts: 400', async () => {
  await using raw = await wire(server.millrace)
  raw.send(head({ lines: 'Host: other\r\nConnection: close\r\nContent-Length: 0\r\n' }))
  await raw.closed
  expect(raw.statuses).toEqual([400])
})

test('an upgrade is not one: the event is taken', async () => {
  await using raw = await wire(server.millrace)
  raw.end(head({ id: 'upgrade', lines: 'Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n' }))
  await raw.closed
  expect(raw.statuses).toEqual([202])
})

test(
  'behind all of that others are served, and nothing that was smuggled has arrived',
  { timeout: 90_000 },
  async () => {
    await othersAreServed(server.millrace, () => undefined)
    await settled(server.millrace)
    const strangers = server.sink.ids.filter((id) => !id.startsWith('other-'))
    expect(strangers.toSorted()).toEqual(['old', 'upgrade'])
    await isWell(server.millrace, server.millrace.pid)
  },
)
