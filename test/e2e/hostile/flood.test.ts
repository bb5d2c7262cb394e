import { eventually } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { othersAreServed } from './bystander.ts'
import { head, wire, type Wire } from './wire.ts'

const server = oneServer((urlOf) => broker() + trigger('all', urlOf('/')))

const connections = 32
const event = head({ id: 'flood', lines: 'Content-Length: 0\r\n' })
const nobody = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

/** Writes more requests whenever the socket takes more, until told to stop. */
function flood(raw: Wire, request: string): void {
  const many = request.repeat(500)
  const pump = (): void => {
    while (raw.socket.writable && raw.socket.write(many, 'latin1'));
  }
  raw.socket.on('drain', pump)
  pump()
}

async function open(): Promise<Wire[]> {
  return Promise.all(Array.from({ length: connections }, () => wire(server.millrace)))
}

async function closeAll(wires: readonly Wire[]): Promise<void> {
  for (const raw of wires) raw.reset()
  await Promise.all(wires.map(({ closed }) => closed))
}

test.each([
  ['events', event],
  ['requests for nobody', nobody],
])(
  'a pipelined flood of %s leaves others served, and memory bounded',
  { timeout: 90_000 },
  async (_what, request) => {
    const wires = await open()
    await othersAreServed(server.millrace, () => {
      for (const raw of wires) flood(raw, request)
    })
    expect(wires.every(({ received }) => received.length > 0)).toBe(true)
    await closeAll(wires)
  },
)

test('a flood by producers that never read an answer is not read either', { timeout: 90_000 }, async () => {
  const wires = await open()
  await othersAreServed(server.millrace, async () => {
    for (const raw of wires) {
      raw.socket.pause()
      flood(raw, event)
    }
    // all buffers between us are full: the server takes no more from them
    await eventually(() => wires.every(({ socket }) => socket.writableNeedDrain))
  })
  await closeAll(wires)
})
