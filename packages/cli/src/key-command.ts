import { AdminClient, serverOptions } from './admin-client.ts'
import { defineCommand, type Command } from './command.ts'
import { exitCode, usageError } from './exit-code.ts'

/** `millrace keys release` or `millrace keys skip`: two commands of one shape. */
export function keyCommand(
  verb: 'release' | 'skip',
  summary: string,
  done: (key: string) => string,
): Command {
  return defineCommand({
    name: `keys ${verb}`,
    summary,
    words: 'TRIGGER KEY',
    maxWords: 2,
    example: `millrace keys ${verb} orders customer-7`,
    options: serverOptions,
    async run({ flags, words: [trigger, key] }, terminal) {
      if (trigger === undefined || key === undefined)
        throw usageError(`millrace keys ${verb}: say the trigger and the key, as millrace keys ls lists them`)
      const answer = await new AdminClient(flags).post<Record<string, boolean>>(`/api/keys/${verb}`, {
        trigger,
        key,
      })
      const isDone = Object.values(answer).includes(true)
      terminal.print(isDone ? done(key) : `${key} has changed meanwhile: look at millrace keys ls again`)
      return isDone ? exitCode.done : exitCode.failed
    },
  })
}
