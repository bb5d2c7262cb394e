// `npm run conformance`: the rules of Knative Eventing's data plane, held against a broker and a channel over
// HTTP: a Millrace of its own, or whatever stands behind --broker and --channel.
import { parseArgs } from 'node:util'
import { receiver, startMillrace } from '@millrace/testkit'
import { manifests, names } from './knative/manifests.ts'
import { line, summary } from './knative/report.ts'
import { runRules, type Result } from './knative/run-rules.ts'

const usage = `npm run conformance                    against a Millrace that it starts
npm run conformance -- --manifests --sink URL
                                       prints the Broker, Triggers, Channel and Subscriptions that the rules need
npm run conformance -- --broker URL [--channel URL] [--sink URL] [--listen HOST:PORT]
                                       against any other, which has them
  --sink URL          where the subscribers are, as the broker reaches them; default http://127.0.0.1:9100
  --listen HOST:PORT  where they listen; default 127.0.0.1 and the port of --sink
  --only ID,…         some of the rules
  --json              one object a line
`
const { values } = parseArgs({
  options: {
    broker: { type: 'string' },
    channel: { type: 'string' },
    sink: { type: 'string', default: 'http://127.0.0.1:9100' },
    listen: { type: 'string' },
    only: { type: 'string', default: '' },
    manifests: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(usage)
else if (values.manifests) console.log(manifests(values.sink.replace(/\/$/, '')))
else process.exitCode = await (values.broker === undefined && values.channel === undefined ? own() : other())

async function own(): Promise<number> {
  await using sink = await receiver()
  await using millrace = await startMillrace({ manifests: manifests(sink.url.replace(/\/$/, '')) })
  const broker = `${millrace.ingress}/default/${names.broker}`
  return await report(
    runRules({ broker, channel: `${millrace.ingress}/default/${names.channel}`, sink }, only()),
  )
}

async function other(): Promise<number> {
  const { port } = new URL(values.sink)
  const [host = '', listenPort = port] = (values.listen ?? '127.0.0.1').split(':')
  await using sink = await receiver({ host, port: Number(listenPort === '' ? 80 : listenPort) })
  return await report(runRules({ broker: values.broker, channel: values.channel, sink }, only()))
}

function only(): string[] {
  return values.only.split(',').filter((id) => id !== '')
}

/** Prints each result as it comes; → 1 where a MUST is broken. */
async function report(running: AsyncIterable<Result>): Promise<number> {
  const results: Result[] = []
  for await (const result of running) {
    results.push(result)
    console.log(values.json ? JSON.stringify(result) : line(result))
  }
  if (!values.json) console.log(summary(results))
  return results.some(({ outcome, level }) => outcome === 'broken' && level.startsWith('MUST')) ? 1 : 0
}
