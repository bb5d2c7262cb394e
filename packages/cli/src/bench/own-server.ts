import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CommandError } from '../exit-code.ts'

const main = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url),
)
/** As the launcher has it: V8 keeps its young memory small, and makes everything in it. */
const flags = [
  '--max-semi-space-size=16',
  '--no-allocation-site-pretenuring',
  ...(main.endsWith('.ts') ? ['--conditions=@millrace/source'] : []),
]

/** A server in a process of its own, with one trigger and a store on disk; both go with it. */
export interface OwnServer extends AsyncDisposable {
  /** The broker's address. */
  readonly target: URL
}

/** Starts it. @throws {CommandError} where it does not start */
export async function startOwnServer(sinkUrl: string): Promise<OwnServer> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const listen = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--log-level', 'error']
  const server = spawn(
    process.execPath,
    [...flags, main, 'serve', '-f', '-', '--store', `sqlite:${join(folder, 'store')}`, ...listen],
    { stdio: ['pipe', 'pipe', 'inherit'], env: withoutOurs(process.env) },
  )
  stack.defer(async () => {
    if (server.exitCode !== null) return
    const exited = once(server, 'exit')
    server.kill()
    await exited
  })
  server.stdin.end(manifests(sinkUrl))
  const ended = once(server, 'exit').then(() => [''])
  const [line] = (await Promise.race([once(createInterface(server.stdout), 'line'), ended])) as [string]
  const [, ingress] = /^ready ingress=(\S+) /.exec(line) ?? []
  if (ingress === undefined) throw new CommandError('millrace bench: its own server did not start')
  const owned = stack.move()
  return {
    target: new URL('/default/bench', ingress),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** What the user has set for servers is not meant for this one. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('MILLRACE_')))
}

function manifests(sinkUrl: string): string {
  return `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: bench}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: bench}
spec:
  broker: bench
  subscriber: {uri: '${sinkUrl}'}
`
}
