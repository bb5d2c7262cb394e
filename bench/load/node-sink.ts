import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { Latencies, nowNs } from './latencies.ts'

/* The sink without a compiler: what native/sink.c does, with node:net. */

const reply = [
  'HTTP/1.1 200 OK',
  'ce-specversion: 1.0',
  'ce-id: reply-0001',
  'ce-source: /bench/sink',
  'ce-type: com.example.reply',
  'ce-subject: customers/4711',
  'ce-partitionkey: 4711',
  'ce-time: 2026-11-22T18:09:12.123456789Z',
  'content-type: application/json',
  'content-length: 1024',
  '',
  JSON.stringify({ text: 'x'.repeat(1_024 - 11) }),
].join('\r\n')
const answers = {
  o: 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n',
  f: 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n',
  r: reply,
}
type Letter = keyof typeof answers

const counts = { arrived: 0, o: 0, r: 0, f: 0 }
const latencies = new Latencies()
let held: (() => void)[] | undefined

const server = createServer({ noDelay: true }, (socket) => {
  let got: Buffer = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    got = got.length === 0 ? chunk : Buffer.concat([got, chunk])
    for (let whole = wholeRequest(got); whole > 0; whole = wholeRequest(got)) {
      arrived(socket, got.subarray(0, whole))
      got = got.subarray(whole)
    }
  })
})

/** The bytes of the request at the front; 0 while it is not whole. */
function wholeRequest(bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return 0
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end)) ?? []
  const whole = end + 4 + Number(length)
  return bytes.length >= whole ? whole : 0
}

function arrived(socket: Socket, request: Buffer): void {
  const text = request.toString('latin1')
  const [, time] = /(?:ce-t0: |"t0":")([\da-f]{16})/.exec(text) ?? []
  counts.arrived += 1
  if (time !== undefined) latencies.add(Number(nowNs() - BigInt(`0x${time}`)) / 1e6)
  const [, letter = 'o'] = /^POST \/([ofr])/.exec(text) ?? []
  const answer = (): void => {
    socket.write(answers[letter as Letter])
    counts[letter as Letter] += 1
  }
  if (held === undefined) answer()
  else held.push(answer)
}

function obey(line: string): void {
  if (line === 'gate closed') held ??= []
  if (line === 'gate open') {
    const waiting = held ?? []
    held = undefined
    for (const answer of waiting) answer()
  }
  if (line === 'reset') {
    Object.assign(counts, { arrived: 0, o: 0, r: 0, f: 0 })
    latencies.clear()
  }
  say({
    arrived: counts.arrived,
    ok: counts.o,
    replied: counts.r,
    failed: counts.f,
    ...latencies.percentiles(),
  })
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}

server.listen(0, '127.0.0.1')
await once(server, 'listening')
say({ port: (server.address() as AddressInfo).port })
for await (const line of createInterface(process.stdin)) obey(line)
process.exit(0)
