import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { jobPath, type Job } from '../jobs.ts'
import { outputFormat, outputOption, printJson } from '../output.ts'
import { table } from '../table.ts'

export const jobsShow = defineCommand({
  name: 'jobs show',
  summary: 'Show one job: how far it is, and what it skipped',
  words: 'ID',
  maxWords: 1,
  example: 'millrace jobs show redrive-1a2b3c4d',
  options: { ...serverOptions, ...outputOption },
  async run({ flags, words }, terminal) {
    const [id] = words
    if (id === undefined) throw usageError('millrace jobs show: which one? millrace jobs ls lists their ids')
    const format = outputFormat(flags.output, ['json'])
    const job = await new AdminClient(flags).get<Job>(jobPath(id))
    if (format === 'json') {
      printJson(terminal, [job])
      return exitCode.done
    }
    const { skips = [], ...facts } = job
    for (const line of table(Object.entries(facts).map(([name, value]) => [`${name}:`, String(value)])))
      terminal.print(line)
    for (const { id: skipped, reason } of skips) terminal.print(`skipped ${skipped}: ${reason}`)
    return exitCode.done
  },
})
