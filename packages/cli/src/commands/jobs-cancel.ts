import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { jobPath } from '../jobs.ts'

export const jobsCancel = defineCommand({
  name: 'jobs cancel',
  summary: 'End a job before its next step; what it has done stays done',
  words: 'ID',
  maxWords: 1,
  example: 'millrace jobs cancel redrive-1a2b3c4d',
  options: serverOptions,
  async run({ flags, words }, terminal) {
    const [id] = words
    if (id === undefined)
      throw usageError('millrace jobs cancel: which one? millrace jobs ls lists their ids')
    await new AdminClient(flags).post(`${jobPath(id)}/cancel`, {})
    terminal.print(`cancelled ${id}`)
    return exitCode.done
  },
})
