import { readdirSync } from 'node:fs'
import { eventually, post, receiver, residentBytes, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { settled } from '../fixture/admin.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { brokerUrl } from '../fixture/producing.ts'
import { isWell, othersAreServed } from './bystander.ts'
import { head, wire, type Wire } from './wire.ts'

const wanted = 10_000

/** How many connections this process may open beside its own, and the server may hold. */
function affordable(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { soft: number | string } }
  }
  const limit = Number(userLimits.open_files.soft)
  if (!Number.isFinite(limit)) return wanted
  // the server keeps half of what it may open, at most 2,000, for attempts, and some for itself
  const ofServer = limit - 256 - Math.min(2_000, Math.floor((limit - 256) / 2)) - 50
  const ofOurs = limit - readdirSync('/proc/self/fd').length - 100
  return Math.min(wanted, ofServer, ofOurs)
}

async function openAll(count: number, open: () => Promise<Wire>): Promise<Wire[]> {
  const wires: Wire[] = []
  while (wires.length < count) {
    const more = Array.from({ length: Math.min(200, count - wires.length) }, open)
    wires.push(...(await Promise.all(more)))
  }
  return wires
}

async function closeAll(wires: readonly Wire[]): Promise<void> {
  await Promise.all(wires.map((raw) => raw[Symbol.asyncDispose]()))
}

test('idle connections, as many as there may be, leave others served', { timeout: 240_000 }, async () => {
  const count = affordable()
  await using sink = await receiver({ remember: 'ids' })
  await using millrace = await startMillrace({ manifests: broker() + trigger('all', sink.url) })
  const before = await residentBytes(millrace.pid)
  // each has sent an event and stays: what never says a word is closed after ten seconds
  const wires = await openAll(count, async () => {
    const raw = await wire(millrace)
    raw.send(head({ id: 'idle', lines: 'Content-Length: 0\r\n' }))
    return raw
  })
  await eventually(() => wires.every(({ statuses }) => statuses.length === 1), { timeoutMs: 120_000 })
  await othersAreServed(millrace, () => undefined)
  expect(wires.filter(({ socket }) => socket.destroyed)).toEqual([])
  const grown = (await residentBytes(millrace.pid)) - before
  process.stdout.write(`hostile: ${count} idle connections, ${Math.round(grown / count / 1024)} KB each\n`)
  if (count < wanted)
    process.stderr.write(
      `hostile: NOT ${wanted} idle connections: the file limit allows ${count} (ulimit -n)\n`,
    )
  await closeAll(wires)
  await settled(millrace, { timeoutMs: 60_000 })
  expect(sink.ids.filter((id) => id === 'idle')).toHaveLength(count)
})

test('more connections than a small file limit allows cost nothing but themselves', async () => {
  await using sink = await receiver({ remember: 'ids' })
  await using millrace = await startMillrace({
    manifests: broker() + trigger('all', sink.url),
    prefix: ['prlimit', '--nofile=512'],
  })
  const { pid } = millrace
  const url = brokerUrl(millrace)
  expect((await post(url, { id: 'before' })).status).toBe(202)
  const wires = await openAll(1_000, () => wire(millrace))
  await eventually(() => wires.filter(({ socket }) => socket.destroyed).length > 500)
  // ingress is full: who sends is served in place of who does not; the admin port, the manifests and deliveries have what they need
  await isWell(millrace, pid)
  expect((await post(url, { id: 'meanwhile' })).status).toBe(202)
  await millrace.write('manifests.yaml', broker() + broker('other') + trigger('all', sink.url))
  await eventually(async () => (await post(brokerUrl(millrace, 'other'), { id: 'o' })).status === 202)
  await closeAll(wires)
  expect((await post(url, { id: 'after' })).status).toBe(202)
  await eventually(() => sink.ids.includes('meanwhile') && sink.ids.includes('after'))
  expect(millrace.stderr).not.toContain('EMFILE')
  expect(millrace.pid).toBe(pid)
})
