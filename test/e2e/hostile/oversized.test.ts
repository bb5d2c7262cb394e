import { eventually } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { broker, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { othersAreServed, patience } from './bystander.ts'
import { head, wire, type Wire } from './wire.ts'

const server = oneServer((urlOf) => broker() + trigger('all', urlOf('/')), {
  args: ['--body-limit', '256Ki'],
})

/** Sends the piece again and again until the server has closed the connection. → how much went out */
async function pour(raw: Wire, piece: string): Promise<number> {
  let sent = 0
  await eventually(() => {
    while (!raw.socket.destroyed && !raw.socket.writableNeedDrain) {
      raw.send(piece)
      sent += piece.length
      if (!raw.socket.writable) break
    }
    return raw.socket.destroyed
  }, patience)
  return sent
}

describe('what does not end is cut', { timeout: 90_000 }, () => {
  test.each([
    ['a request line', 'POST /', 'x'.repeat(16_384), [431]],
    ['a header', head({}).slice(0, -2) + 'x: ', 'x'.repeat(16_384), [431]],
    ['headers', head({}).slice(0, -2), 'x: y\r\n'.repeat(1_000), [431]],
    [
      'a body in chunks',
      head({ lines: 'Transfer-Encoding: chunked\r\n' }),
      `4000\r\n${'x'.repeat(16_384)}\r\n`,
      [413],
    ],
    [
      'a body with a huge length',
      head({ lines: 'Content-Length: 1000000000000000\r\n' }),
      'x'.repeat(65_536),
      [413],
    ],
    [
      'a chunk with a huge size',
      `${head({ lines: 'Transfer-Encoding: chunked\r\n' })}7FFFFFFFFFFFFFFF\r\n`,
      'x'.repeat(65_536),
      [413],
    ],
    [
      'chunks of one byte',
      head({ lines: 'Transfer-Encoding: chunked\r\n' }),
      '1\r\nx\r\n'.repeat(10_000),
      [413],
    ],
    [
      'a chunk extension',
      `${head({ lines: 'Transfer-Encoding: chunked\r\n' })}2;`,
      'x'.repeat(16_384),
      [413],
    ],
    [
      'trailers',
      `${head({ lines: 'Transfer-Encoding: chunked\r\n' })}2\r\nhi\r\n0\r\n`,
      'x: y\r\n'.repeat(1_000),
      [431],
    ],
  ])('%s', async (_what, start, piece, expected) => {
    await using raw = await wire(server.millrace)
    raw.send(start)
    const sent = await pour(raw, piece)
    // a connection that is closed under what still comes may lose its answer
    expect([...expected.map((status) => [status]), []]).toContainEqual(raw.statuses)
    // beyond the limits only what is thrown away behind an early answer, and what was on its way
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })
})

test('others are served while 30 producers pour in what does not end', { timeout: 90_000 }, async () => {
  const wires = await Promise.all(Array.from({ length: 30 }, () => wire(server.millrace)))
  const poured = wires.map(async (raw, n) => {
    raw.send(n % 2 === 0 ? head({ lines: 'Transfer-Encoding: chunked\r\n' }) : 'POST /')
    return pour(raw, n % 2 === 0 ? `4000\r\n${'x'.repeat(16_384)}\r\n` : 'x'.repeat(16_384))
  })
  await othersAreServed(server.millrace, () => undefined)
  await Promise.all(poured)
  for (const raw of wires) await raw[Symbol.asyncDispose]()
})
