import { AdminClient, serverOptions } from '../admin-client.ts'
import { age } from '../age.ts'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { howFar, type Job } from '../jobs.ts'
import { outputFormat, outputOption, printJson, printTable } from '../output.ts'

const head = ['ID', 'KIND', 'STATE', 'DONE', 'AGE', 'WHAT']

export const jobsLs = defineCommand({
  name: 'jobs ls',
  isUsual: true,
  summary: 'List jobs and how far they are: redrives, orphans, retention',
  example: 'millrace jobs ls',
  options: { ...serverOptions, ...outputOption },
  async run({ flags }, terminal) {
    const format = outputFormat(flags.output, ['json'])
    const { items } = await new AdminClient(flags).get<{ items: Job[] }>('/api/jobs')
    if (format === 'json') printJson(terminal, items)
    else if (items.length === 0) terminal.note('there are no jobs')
    else {
      const now = Date.now()
      const row = (job: Job) => [job.id, job.kind, job.state, howFar(job), age(job.createdAt, now), job.what]
      printTable(terminal, head, items.map(row))
    }
    return exitCode.done
  },
})
