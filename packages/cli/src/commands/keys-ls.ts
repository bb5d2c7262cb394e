import { AdminClient, serverOptions } from '../admin-client.ts'
import { age } from '../age.ts'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { outputFormat, outputOption, printJson, printTable } from '../output.ts'
import type { ParkedKey } from '../waiting-deliveries.ts'

const head = ['TRIGGER', 'KEY', 'WAITING', 'SINCE', 'CODE', 'EVENT', 'REASON']

export const keysLs = defineCommand({
  name: 'keys ls',
  summary: 'List parked keys of ordered triggers: their head has failed for good',
  words: '[TRIGGER]',
  maxWords: 1,
  example: 'millrace keys ls orders',
  options: { ...serverOptions, ...outputOption },
  async run({ flags, words: [trigger] }, terminal) {
    const format = outputFormat(flags.output, ['json'])
    const { items } = await new AdminClient(flags).get<{ items: ParkedKey[] }>('/api/keys', { trigger })
    if (format === 'json') printJson(terminal, items)
    else if (items.length === 0) terminal.note('no key is parked')
    else
      printTable(
        terminal,
        head,
        items.map((item) => row(item, Date.now())),
      )
    return exitCode.done
  },
})

function row({ trigger, key, waiting, since, code, reason, event }: ParkedKey, now: number): string[] {
  return [
    trigger,
    key,
    String(waiting),
    age(since, now),
    String(code ?? ''),
    event?.id ?? '(unreadable)',
    reason,
  ]
}
