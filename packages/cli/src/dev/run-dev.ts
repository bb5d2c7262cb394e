import type { Values } from '../command-spec.ts'
import { exitCode, type ExitCode } from '../exit-code.ts'
import { choice, hostAndPort, httpUrl } from '../option-values.ts'
import { logLevels } from '../server-config.ts'
import { startFailure } from '../start-failure.ts'
import { stopSignal } from '../stop-signals.ts'
import { eventBlock } from '../story/event-block.ts'
import type { Step } from '../story/step.ts'
import { StoryTeller } from '../story/story-teller.ts'
import type { Terminal } from '../terminal.ts'
import type { devOptions } from './dev-options.ts'
import { freeAddress } from './free-port.ts'
import { greetingLines } from './greeting.ts'
import { startSampleSinks } from './sample-sinks.ts'
import { ownScene, sampleScene } from './scene.ts'
import { sendOrders } from './send-orders.ts'

/** Ctrl-C waits so long for attempts under way. */
const drainMs = 3_000

/** Runs a server in this process with all that is around it, until a signal ends it. */
export async function runDev(flags: Values<typeof devOptions>, terminal: Terminal): Promise<ExitCode> {
  const to = flags.to === undefined ? undefined : httpUrl('--to', flags.to)
  const token = flags['admin-token']
  const listen = await addressOf('--listen', flags.listen, 8080)
  const admin = await addressOf('--admin', flags.admin, 8081)
  const logLevel = choice('--log-level', flags['log-level'], logLevels)

  await using stack = new AsyncDisposableStack()
  const stopped = stopSignal(process)
  const isSample = flags.files.length === 0
  const scene = isSample
    ? sampleScene(
        stack.use(await startSampleSinks((event) => terminal.print(eventBlock(event, terminal)))).url,
      )
    : await ownScene({
        files: flags.files,
        env: terminal.env,
        readInput: () => terminal.readInput(),
        to,
        warn: (finding) => terminal.note(finding),
      })

  const server = await import('@millrace/server')
  const millrace = server.createServer({
    listen,
    admin,
    store: flags.store ?? 'memory:',
    files: scene.files,
    stdin: scene.stdin,
    env: terminal.env,
    drainMs,
    logLevel,
    ...(token === undefined ? {} : { adminToken: token }),
    ...(to === undefined ? {} : { unresolvedTo: to }),
  })
  const { ingress, admin: adminUrl } = await millrace.start().catch((error: unknown) => {
    throw startFailure('dev', error, server)
  })
  stack.defer(() => millrace.stop())

  const greeting = { ...scene, ingress, admin: adminUrl, command: calledAs(terminal) }
  for (const line of greetingLines(greeting, terminal)) terminal.print(line)
  const teller = new StoryTeller({ terminal, places: scene.places })
  server.followSteps(millrace.channels, (line) => {
    for (const text of teller.lines(line as unknown as Step)) terminal.print(text)
  })
  millrace.channels.resourceChanged.subscribe(({ change, kind, namespace, name, file, line }) => {
    terminal.print(terminal.style('dim', `${change} ${kind} ${namespace}/${name} (${file}:${line})`))
  })
  if (isSample) {
    const sending = new AbortController()
    const sent = sendOrders(ingress, sending.signal, (id, why) => terminal.note(`${id} was not sent: ${why}`))
    stack.defer(async () => {
      sending.abort()
      await sent
    })
  }
  await stopped
  return exitCode.done
}

/** What was asked for; else the usual port of this machine, or a free one where that is taken. */
function addressOf(flag: string, text: string | undefined, usualPort: number) {
  return text === undefined
    ? freeAddress({ host: '127.0.0.1', port: usualPort })
    : Promise.resolve(hostAndPort(flag, text))
}

/** As the user has typed it: npx says so in the environment. */
function calledAs({ env }: Terminal): string {
  return env['npm_command'] === 'exec' ? 'npx millrace' : 'millrace'
}
