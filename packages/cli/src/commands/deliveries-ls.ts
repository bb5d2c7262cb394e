import { AdminClient, serverOptions } from '../admin-client.ts'
import { age } from '../age.ts'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { outputFormat, outputOption, printJson, printTable } from '../output.ts'
import { waitingDeliveries, whenDue, type WaitingDelivery } from '../waiting-deliveries.ts'

const head = ['ID', 'ADDRESSABLE', 'TRIGGER', 'STATE', 'DUE', 'ATTEMPTS', 'TYPE', 'EVENT']

export const deliveriesLs = defineCommand({
  name: 'deliveries ls',
  summary: 'List what waits: for its time, its turn, or its subscriber',
  example: 'millrace deliveries ls --trigger orders',
  options: {
    ...serverOptions,
    ...outputOption,
    trigger: { type: 'string', value: 'NAME', help: 'of this trigger: NAME or NAMESPACE/NAME' },
  },
  async run({ flags }, terminal) {
    const format = outputFormat(flags.output, ['json'])
    const waiting = waitingDeliveries(new AdminClient(flags), flags.trigger)
    if (format === 'json') {
      for await (const delivery of waiting) printJson(terminal, [delivery])
      return exitCode.done
    }
    const now = Date.now()
    const rows: string[][] = []
    for await (const delivery of waiting) rows.push(row(delivery, now))
    if (rows.length === 0) terminal.note('nothing waits')
    else printTable(terminal, head, rows)
    return exitCode.done
  },
})

function row(delivery: WaitingDelivery, now: number): string[] {
  const { id, addressable, trigger, state, due, attempts, event } = delivery
  const words = event === null ? ['(unreadable)', ''] : [event.type ?? '', event.id ?? '']
  return [id, addressable, trigger, state, whenDue(due, now, age), String(attempts), ...words]
}
