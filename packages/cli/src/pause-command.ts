import { AdminClient, serverOptions } from './admin-client.ts'
import { defineCommand, type Command } from './command.ts'
import { exitCode, usageError } from './exit-code.ts'

interface Paused {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** `millrace pause` or `millrace resume`: two commands of one shape. */
export function pauseCommand(
  verb: 'pause' | 'resume',
  summary: string,
  sentence: (what: string) => string,
): Command {
  return defineCommand({
    name: verb,
    summary,
    words: 'KIND NAME',
    maxWords: 2,
    firstWord: ['trigger', 'subscription'],
    example: `millrace ${verb} trigger orders`,
    options: {
      ...serverOptions,
      namespace: {
        type: 'string',
        short: 'n',
        value: 'NAMESPACE',
        help: 'of this namespace; needed where several have one of this name',
      },
    },
    async run({ flags, words: [kind, name] }, terminal) {
      if (kind === undefined || name === undefined || !/^(trigger|subscription)s?$/i.test(kind))
        throw usageError(`millrace ${verb}: say trigger or subscription, and its name`)
      const body = { kind, name, namespace: flags.namespace }
      const done = await new AdminClient(flags).post<Paused>(`/api/${verb}`, body)
      terminal.print(sentence(`${done.kind} ${done.namespace}/${done.name}`))
      return exitCode.done
    },
  })
}
