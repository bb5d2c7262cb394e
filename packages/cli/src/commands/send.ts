import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { CommandError, exitCode, usageError } from '../exit-code.ts'
import { exchange, whyFailed } from '../http-exchange.ts'
import { problemText } from '../problem-text.ts'

export const send = defineCommand({
  name: 'send',
  summary: 'Send one event to a broker',
  example: [
    `millrace send --to /default/default --type com.example.order --data '{"total": 12}'`,
    'millrace send -f event.json',
  ].join('\n'),
  options: {
    ...serverOptions,
    to: { type: 'string', value: 'TO', default: '/default/default', help: '/NAMESPACE/NAME, or any URL' },
    type: { type: 'string', value: 'TYPE', help: 'dev.millrace.event where nothing else is said' },
    source: { type: 'string', value: 'URI', help: '/millrace/send where nothing else is said' },
    id: { type: 'string', value: 'ID', help: 'a new UUID where nothing else is said' },
    subject: { type: 'string', value: 'TEXT', help: 'what the event is about' },
    data: { type: 'string', value: 'DATA', help: 'JSON, else plain text' },
    ext: { type: 'string', multiple: true, value: 'NAME=VALUE', help: 'an extension attribute' },
    at: {
      type: 'string',
      value: 'WHEN',
      help: 'a time (RFC 3339) or a duration from now: the extension notbefore',
    },
    file: {
      type: 'string',
      short: 'f',
      value: 'FILE',
      help: 'an event as JSON, - for standard input; flags win',
    },
  },
  async run({ flags }, terminal) {
    // the SDK takes as long to load as all the rest
    const [{ HTTP }, { buildEvent }] = await Promise.all([
      import('cloudevents'),
      import('../event-from-flags.ts'),
    ])
    const event = await buildEvent(flags, () => terminal.readInput())
    const { headers, body } = HTTP.structured(event)
    const url = await target(flags.to, new AdminClient(flags))
    let answer
    try {
      answer = await exchange(url, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: String(body),
      })
    } catch (cause) {
      throw new CommandError(`${url.href} cannot be reached: ${whyFailed(cause)}`, undefined, { cause })
    }
    if (answer.status >= 300) throw new CommandError(problemText(answer.status, answer.body))
    terminal.print(event.id)
    return exitCode.done
  },
})

async function target(to: string, admin: AdminClient): Promise<URL> {
  if (/^https?:\/\//i.test(to)) {
    const url = URL.parse(to)
    if (url !== null) return url
  }
  if (!/^\/[^/]+\/[^/]+$/.test(to)) {
    throw usageError(`--to is "${to}"; it is /NAMESPACE/NAME, such as /default/default, or a URL`)
  }
  const { ingress } = await admin.get<{ ingress: string }>('/api/server')
  return new URL(to, ingress)
}
