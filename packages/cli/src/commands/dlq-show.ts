import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { outputFormat, outputOption, printJson } from '../output.ts'
import { table } from '../table.ts'

export const dlqShow = defineCommand({
  name: 'dlq show',
  summary: 'Show one dead letter with its event',
  words: 'ID',
  maxWords: 1,
  example: 'millrace dlq show 42',
  options: { ...serverOptions, ...outputOption },
  async run({ flags, words }, terminal) {
    const [id] = words
    if (id === undefined) throw usageError('millrace dlq show: which one? millrace dlq ls lists their ids')
    const format = outputFormat(flags.output, ['json'])
    const letter = await new AdminClient(flags).get<Record<string, unknown>>(
      `/api/deadletters/${encodeURIComponent(id)}`,
    )
    if (format === 'json') {
      printJson(terminal, [letter])
      return exitCode.done
    }
    const { event, body, ...facts } = letter
    const rows = Object.entries({ ...facts, ...(typeof body === 'string' ? { body: decoded(body) } : {}) })
    for (const line of table(rows.map(([name, value]) => [`${name}:`, oneLine(value)]))) terminal.print(line)
    terminal.print(`event:\n${JSON.stringify(event, null, 2)}`)
    return exitCode.done
  },
})

/** The first bytes of the answer, printable. */
function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

function oneLine(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : JSON.stringify(value)
}
