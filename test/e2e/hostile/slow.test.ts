import { eventually } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { othersAreServed } from './bystander.ts'
import { head, wire, type Wire } from './wire.ts'

const server = oneServer((urlOf) => broker() + trigger('all', urlOf('/')))

const each = 100
const patience = { timeoutMs: 120_000 }

function open(start: string): Promise<Wire[]> {
  return Promise.all(
    Array.from({ length: each }, async () => {
      const raw = await wire(server.millrace)
      raw.send(start)
      return raw
    }),
  )
}

/** Sends a byte on each, over and over, until the server has closed them all. */
async function drip(wires: readonly Wire[], byte: string): Promise<void> {
  await eventually(() => {
    for (const raw of wires) raw.send(byte)
    return wires.every(({ socket }) => socket.destroyed)
  }, patience)
}

test(
  'heads and bodies that come byte by byte are 408, and others are served',
  { timeout: 180_000 },
  async () => {
    await othersAreServed(server.millrace, async () => {
      const [heads, bodies, chunks, silent] = await Promise.all([
        open(head({}).slice(0, -2) + 'x: '),
        open(head({ lines: 'Content-Length: 1000000\r\n' })),
        open(`${head({ lines: 'Transfer-Encoding: chunked\r\n' })}100000\r\n`),
        open(''),
      ])
      const ended = Promise.all([drip([...heads, ...bodies, ...chunks], 'x'), drip(silent, '')])
      await othersAreServed(server.millrace, () => undefined)
      await ended
      for (const raw of [...heads, ...bodies, ...chunks]) expect(raw.statuses).toEqual([408])
      for (const raw of silent) expect(raw.received).toMatch(/^(HTTP\/1\.1 408 [^]*)?$/)
    })
  },
)
