import { AdminClient, serverOptions } from '../admin-client.ts'
import { age } from '../age.ts'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { outputFormat, outputOption, printJson, printTable } from '../output.ts'
import type { ParkedKey, WaitingDelivery } from '../waiting-deliveries.ts'

const head = ['DELIVERY', 'STATE', 'AGE', 'ATTEMPTS', 'TYPE', 'EVENT']

interface Shown extends ParkedKey {
  readonly items: readonly WaitingDelivery[]
}

export const keysShow = defineCommand({
  name: 'keys show',
  summary: 'Show the events of a parked key, in order',
  words: 'TRIGGER KEY',
  maxWords: 2,
  example: 'millrace keys show orders customer-7',
  options: { ...serverOptions, ...outputOption },
  async run({ flags, words: [trigger, key] }, terminal) {
    const format = outputFormat(flags.output, ['json'])
    if (trigger === undefined || key === undefined)
      throw usageError('millrace keys show: say the trigger and the key, as millrace keys ls lists them')
    const shown = await new AdminClient(flags).get<Shown>('/api/keys/show', { trigger, key })
    if (format === 'json') {
      printJson(terminal, shown.items)
      return exitCode.done
    }
    const now = Date.now()
    const { waiting, since, reason } = shown
    terminal.print(
      `${shown.trigger} ${shown.key}: ${waiting} waiting, parked for ${age(since, now)}: ${reason}`,
    )
    printTable(
      terminal,
      head,
      shown.items.map((item) => row(item, now)),
    )
    return exitCode.done
  },
})

function row({ id, state, acceptedAt, attempts, event }: WaitingDelivery, now: number): string[] {
  const words = event === null ? ['(unreadable)', ''] : [event.type ?? '', event.id ?? '']
  return [id, state, age(acceptedAt, now), String(attempts), ...words]
}
