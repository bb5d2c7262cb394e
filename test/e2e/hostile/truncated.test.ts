import { post } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { settled } from '../fixture/admin.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { brokerUrl } from '../fixture/producing.ts'
import { othersAreServed, patience } from './bystander.ts'
import { head, wire } from './wire.ts'

const server = oneServer((urlOf) => broker() + trigger('all', urlOf('/')))

const structured = '{"specversion":"1.0","id":"cut","source":"/cut","type":"cut","data":{"a":[1,2,3]}}'
const plainHead = (type: string, length: number): string =>
  `POST /default/default HTTP/1.1\r\nHost: test\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`

/** Whole requests of each kind. */
const requests: readonly (readonly [kind: string, text: string])[] = [
  ['binary', `${head({ id: 'cut', lines: 'Content-Length: 12\r\n' })}{"hi":"ho!"}`],
  [
    'chunked',
    `${head({ id: 'cut', lines: 'Transfer-Encoding: chunked\r\n' })}5\r\n{"hi"\r\n7;x=y\r\n:"ho!"}\r\n0\r\n\r\n`,
  ],
  ['structured', plainHead('application/cloudevents+json', structured.length) + structured],
  ['batch', `${plainHead('application/cloudevents-batch+json', structured.length + 2)}[${structured}]`],
  ['expecting', `${head({ id: 'cut', lines: 'Expect: 100-continue\r\nContent-Length: 2\r\n' })}hi`],
]

/** Every length that is less than the whole. */
function cuts(text: string): number[] {
  return Array.from({ length: text.length }, (_, n) => n)
}

describe.each(requests)('a %s request', (_kind, text) => {
  test('that ends at any byte is 400 or nothing, and never taken', async () => {
    const ended = cuts(text).map(async (length) => {
      await using raw = await wire(server.millrace)
      raw.end(text.slice(0, length))
      await raw.closed
      return { length, statuses: raw.statuses.filter((status) => status !== 100) }
    })
    const wrong = (await Promise.all(ended)).filter(({ statuses }) => !['', '400'].includes(statuses.join()))
    expect(wrong).toEqual([])
  })

  test('that is reset at any byte is never taken', async () => {
    const reset = cuts(text).map(async (length) => {
      await using raw = await wire(server.millrace)
      raw.send(text.slice(0, length))
      raw.reset()
      await raw.closed
    })
    await Promise.all(reset)
  })
})

test('behind all of that nothing has been taken, and others are served', { timeout: 90_000 }, async () => {
  await othersAreServed(server.millrace, () => undefined)
  await settled(server.millrace, patience)
  expect(server.sink.ids).not.toContain('cut')
})

test('a producer that is gone before its answer has lost only the answer', async () => {
  const text = head({ id: 'gone', lines: 'Content-Length: 0\r\n' })
  for (let n = 0; n < 100; n += 1) {
    await using raw = await wire(server.millrace)
    raw.send(text)
    if (n % 2 === 0) raw.reset()
    else raw.socket.destroy()
    await raw.closed
  }
  expect((await post(brokerUrl(server.millrace), { id: 'after' })).status).toBe(202)
  await settled(server.millrace, patience)
  expect(server.sink.ids).toContain('after')
})

test('a producer that keeps its side half open after its request is answered and closed', async () => {
  await using raw = await wire(server.millrace)
  raw.end(head({ id: 'half', lines: 'Content-Length: 0\r\n' }))
  await raw.closed
  expect(raw.statuses).toEqual([202])
})

test('others are served while connections come and are reset', { timeout: 90_000 }, async () => {
  const stop = new AbortController()
  const storms = Array.from({ length: 20 }, async () => {
    for (let n = 0; !stop.signal.aborted; n += 1) {
      await using raw = await wire(server.millrace)
      raw.send(requests[n % requests.length]?.[1].slice(0, (n * 7) % 200) ?? '')
      raw.reset()
      await raw.closed
    }
  })
  await othersAreServed(server.millrace, () => undefined)
  stop.abort()
  await Promise.all(storms)
})
