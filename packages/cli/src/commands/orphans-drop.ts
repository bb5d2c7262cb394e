import { defineCommand } from '../command.ts'
import { usageError } from '../exit-code.ts'
import { orphansJob, orphansOptions } from '../orphans-command.ts'

export const orphansDrop = defineCommand({
  name: 'orphans drop',
  summary: 'Drop for good what waits for a trigger that has left the manifests',
  words: 'NAME',
  maxWords: 1,
  example: 'millrace orphans drop orders',
  options: orphansOptions,
  async run({ flags, words: [orphan] }, terminal) {
    if (orphan === undefined)
      throw usageError('millrace orphans drop: of which trigger? millrace get orphans lists them')
    return orphansJob(flags, { kind: 'drop-orphans', orphan }, terminal)
  },
})
