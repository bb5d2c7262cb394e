import { AdminClient, serverOptions } from '../admin-client.ts'
import { age } from '../age.ts'
import { defineCommand } from '../command.ts'
import { chooseOptions, chosen, type DeadLetter } from '../dead-letters.ts'
import { exitCode } from '../exit-code.ts'
import { outputFormat, outputOption, printJson, printTable } from '../output.ts'

const head = ['ID', 'AGE', 'ADDRESSABLE', 'TRIGGER', 'EVENT', 'TYPE', 'CODE', 'ATTEMPTS', 'REASON']

export const dlqLs = defineCommand({
  name: 'dlq ls',
  summary: 'List dead letters, oldest first',
  example: 'millrace dlq ls --trigger orders --since 1h',
  options: { ...serverOptions, ...outputOption, ...chooseOptions },
  async run({ flags }, terminal) {
    const format = outputFormat(flags.output, ['json'])
    const letters = chosen(new AdminClient(flags), flags)
    if (format === 'json') {
      for await (const letter of letters) printJson(terminal, [letter])
      return exitCode.done
    }
    const now = Date.now()
    const rows: string[][] = []
    for await (const letter of letters) rows.push(row(letter, now))
    if (rows.length === 0) terminal.note('there are no dead letters')
    else printTable(terminal, head, rows)
    return exitCode.done
  },
})

function row(letter: DeadLetter, now: number): string[] {
  const { id, addressable, route, reason, code, attempts, lastAttempt, event } = letter
  const whose = [addressable, route, event?.id ?? '', event?.type ?? '(unreadable)']
  return [id, age(lastAttempt, now), ...whose, String(code ?? ''), String(attempts), reason]
}
