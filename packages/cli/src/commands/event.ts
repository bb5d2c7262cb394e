import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { CommandError, exitCode, usageError } from '../exit-code.ts'
import { outputFormat, outputOption, printJson } from '../output.ts'
import { journeyLines } from '../story/journey-lines.ts'
import type { Journey } from '../story/journey.ts'

/** What goes round in a loop can come by hundreds of times. */
const mostShown = 10

export const event = defineCommand({
  name: 'event',
  summary: 'Show where an event is: which triggers matched, and what became of each delivery',
  words: 'ID',
  maxWords: 1,
  example: 'millrace event order-7\nmillrace event order-7 -o json --data',
  options: {
    ...serverOptions,
    output: {
      ...outputOption.output,
      help: 'json: one object for each time it was accepted; lines to read where nothing is said',
    },
    data: { type: 'boolean', help: "show the event's data too" },
  },
  async run({ flags, words }, terminal) {
    const [id] = words
    if (id === undefined) throw usageError('millrace event: which one? For example: millrace event order-7')
    const format = outputFormat(flags.output, ['json'])
    const query = { id, data: flags.data ? 'true' : undefined }
    const { items } = await new AdminClient(flags).get<{ items: Journey[] }>('/api/events', query)
    if (items.length === 0) throw notFound(id)
    if (format === 'json') {
      printJson(terminal, items)
      return exitCode.done
    }
    if (items.length > mostShown)
      terminal.note(
        `accepted ${items.length} times, the last ${mostShown} of them are shown: -o json shows all`,
      )
    for (const item of items.slice(-mostShown))
      for (const line of journeyLines(item, terminal)) terminal.print(line)
    return exitCode.done
  },
})

function notFound(id: string): CommandError {
  return new CommandError(
    `no event "${id}" is known here: it was never accepted (a refused producer is told why), or it is done ` +
      '(delivered, or no trigger matched it) and nothing of it was kept; the annotation ' +
      'millrace.dev/archive: PT24H on its broker keeps events, and millrace tail --why tells of them as they come',
  )
}
