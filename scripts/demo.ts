// `npm run demo`: the broker with examples/quickstart, its four sinks, and an event every second.
// Nothing is left behind: the store is a temporary folder, and Ctrl-C ends all that was started.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setInterval } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CloudEvent, HTTP } from 'cloudevents'

const root = fileURLToPath(new URL('..', import.meta.url))
const sinks = { print: 9001, reply: 9002, flaky: 9003, failing: 9004 }
const folder = mkdtempSync(join(tmpdir(), 'millrace-demo-'))
const children: ChildProcess[] = []
const ended = new AbortController()

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.abort())

for (const [name, port] of Object.entries(sinks)) {
  if (await isTaken(port)) fail(`port ${port} of 127.0.0.1 is taken, and the sink "${name}" needs it`)
  start([join(root, 'examples/quickstart/sinks', `${name}.ts`)], ['ignore', 'inherit', 'inherit'])
}
try {
  const { ingress, admin } = await startServer()
  greet(ingress, admin)
  await emit(ingress)
} catch (error) {
  if (!ended.signal.aborted) throw error
}
await stop()

async function startServer(): Promise<{ ingress: string; admin: string }> {
  const flags = {
    '--files': join(root, 'examples/quickstart'),
    '--store': `sqlite:${join(folder, 'store')}`,
    '--listen': `127.0.0.1:${(await isTaken(8080)) ? 0 : 8080}`,
    '--admin': `127.0.0.1:${(await isTaken(8081)) ? 0 : 8081}`,
    '--log-level': 'error',
  }
  const server = start(
    [join(root, 'packages/cli/bin/millrace.js'), 'serve', ...Object.entries(flags).flat()],
    ['ignore', 'pipe', 'inherit'],
  )
  if (server.stdout === null) return fail('the server has no standard output')
  const [line] = (await once(createInterface(server.stdout), 'line', { signal: ended.signal })) as [string]
  const [, ingressUrl = '', adminUrl = ''] = /^ready ingress=(\S+) admin=(\S+)$/.exec(line) ?? []
  return { ingress: ingressUrl, admin: adminUrl }
}

function greet(ingress: string, admin: string): void {
  const elsewhere = admin === 'http://127.0.0.1:8081' ? '' : ` --server ${admin}`
  console.log(`
Millrace takes events at ${ingress}. Send one of your own:

  curl -i ${ingress}/default/default \\
    -H 'ce-specversion: 1.0' -H 'ce-id: mine-1' -H 'ce-source: /me' -H 'ce-type: com.example.hello' \\
    -H 'content-type: application/json' -d '{"hello": "world"}'

Look further, in another terminal in this folder:

  npx millrace get triggers${elsewhere}
  npx millrace dlq ls${elsewhere}
  npx millrace dlq redrive --trigger failing${elsewhere}
  npx millrace send --type com.example.hello --data '{"hello": "again"}'${elsewhere}

An order goes out every second, every fifth is gold. Ctrl-C ends all of it.
`)
}

/** An order every second, until the end; or until whoever started this (npm) is gone. */
async function emit(ingress: string): Promise<void> {
  const parent = process.ppid
  let number = 0
  for await (const _ of setInterval(1_000, undefined, { signal: ended.signal })) {
    if (process.ppid !== parent) return
    number += 1
    const tier = number % 5 === 0 ? { tier: 'gold' } : {}
    const order = {
      id: `order-${number}`,
      type: 'com.example.order.placed',
      source: '/demo',
      data: { number },
    }
    console.log(`sent     ${order.type} ${order.id}`)
    await post(`${ingress}/default/default`, new CloudEvent({ ...order, ...tier }))
  }
}

async function post(url: string, event: CloudEvent<unknown>): Promise<void> {
  const { headers, body } = HTTP.binary(event)
  const outgoing = request(url, { method: 'POST', headers })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response', { signal: ended.signal })) as [IncomingMessage]
  answer.resume()
  if (answer.statusCode !== 202) console.log(`sent     ${event.id}: refused with ${answer.statusCode}`)
}

/** The server first: it lets what is under way arrive. */
async function stop(): Promise<void> {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  process.exit(0)
}

/** In a process group of its own, so that Ctrl-C reaches it through `stop` alone. */
function start(args: readonly string[], stdio: ['ignore', 'inherit' | 'pipe', 'inherit']): ChildProcess {
  const child = spawn(process.execPath, args, { stdio, detached: true })
  child.on('exit', (code) => {
    if (!ended.signal.aborted) fail(`${args[0]} ended with ${code}`)
  })
  children.push(child)
  return child
}

async function isTaken(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
    return false
  } catch {
    return true
  } finally {
    probe.close()
  }
}

function fail(message: string): never {
  console.error(`demo: ${message}`)
  process.exit(1)
}
