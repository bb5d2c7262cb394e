import { AdminClient, serverOptions } from '../admin-client.ts'
import { BenchSink } from '../bench/bench-sink.ts'
import { benchReport, reportLines, type BenchReport } from '../bench/bench-report.ts'
import { closedLoop, type Sent } from '../bench/closed-loop.ts'
import { startOwnServer } from '../bench/own-server.ts'
import { defineCommand } from '../command.ts'
import { CommandError, exitCode, usageError } from '../exit-code.ts'
import { count } from '../option-values.ts'
import { outputFormat, outputOption, printJson } from '../output.ts'

const connections = 32

export const bench = defineCommand({
  name: 'bench',
  summary: 'How many events a server takes and delivers, in a few seconds',
  example: 'millrace bench\nmillrace bench --server http://127.0.0.1:8081 --to /default/default --seconds 5',
  options: {
    ...serverOptions,
    ...outputOption,
    to: {
      type: 'string',
      value: 'TO',
      help: '/NAMESPACE/NAME on --server, whose triggers get the events; a server of its own where it is left out',
    },
    seconds: { type: 'string', value: 'N', default: '10', help: 'how long events are sent' },
  },
  async run({ flags }, terminal) {
    const format = outputFormat(flags.output, ['json'])
    const ms = count('--seconds', flags.seconds) * 1_000
    const report =
      flags.to === undefined ? await ownRun(ms) : await runAgainst(flags.to, new AdminClient(flags), ms)
    if (format === 'json') printJson(terminal, [report])
    else for (const line of reportLines(report)) terminal.print(line)
    return (report.lost ?? 0) > 0 || report.accepted === 0 ? exitCode.failed : exitCode.done
  },
})

/** A server of its own, with one trigger that leads back here: each delivery is counted. */
async function ownRun(ms: number): Promise<BenchReport> {
  await using sink = new BenchSink()
  await using server = await startOwnServer(await sink.start())
  const sent = whole(server.target, await closedLoop(server.target, connections, ms))
  await sink.received(sent.accepted)
  return benchReport(server.target, connections, sent, sink.times)
}

/** A running server: what it takes; what its triggers do with it is theirs. */
async function runAgainst(to: string, admin: AdminClient, ms: number): Promise<BenchReport> {
  if (!/^\/[^/]+\/[^/]+$/.test(to))
    throw usageError(`--to is "${to}"; it is /NAMESPACE/NAME, such as /default/default`)
  const { ingress } = await admin.get<{ ingress: string }>('/api/server')
  const target = new URL(to, ingress)
  return benchReport(target, connections, whole(target, await closedLoop(target, connections, ms)), undefined)
}

function whole(target: URL, sent: Sent): Sent {
  const [error] = sent.errors
  if (error !== undefined && sent.accepted + sent.refused === 0)
    throw new CommandError(`millrace bench: no event reached ${target.href}: ${error}`)
  return sent
}
