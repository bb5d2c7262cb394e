import {
  post,
  receiver,
  startMillrace,
  type CliResult,
  type Millrace,
  type Receiver,
} from '@millrace/testkit'
import { runHere } from '../recording-terminal.ts'

/** A server with a broker and a trigger each for the types `ok` and `bad` (its sink answers 400). */
export interface RunningServer extends AsyncDisposable {
  readonly millrace: Millrace
  readonly sink: Receiver
  /** Runs a command against it, in this process. */
  cli(...args: string[]): Promise<CliResult>
  /** Posts an event to its broker. */
  emit(type: string, id: string): Promise<void>
}

export async function runningServer(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const sink = await receiver()
  sink.path('/bad').replyWith({ status: 400, body: 'no such order' })
  const millrace = await startMillrace({ manifests: manifests(sink.url), env })
  return {
    millrace,
    sink,
    cli: (...args) => runHere(args, { env: { ...env, MILLRACE_SERVER: millrace.admin } }),
    async emit(type, id) {
      const { status } = await post(`${millrace.ingress}/default/default`, {
        type,
        id,
        data: '{"n":12345678901234567890}',
      })
      if (status !== 202) throw new Error(`the broker answered with ${status}`)
    },
    async [Symbol.asyncDispose]() {
      await millrace[Symbol.asyncDispose]()
      await sink[Symbol.asyncDispose]()
    },
  }
}

function manifests(url: string): string {
  const triggers = ['ok', 'bad'].map(
    (name) => `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: ${name}}
spec:
  broker: default
  filter: {attributes: {type: ${name}}}
  subscriber: {uri: "${url}${name}"}
`,
  )
  return [
    'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n',
    ...triggers,
    '---\napiVersion: v1\nkind: Secret\nmetadata: {name: hook}\nstringData: {key: "much-hidden"}\n',
  ].join('')
}
