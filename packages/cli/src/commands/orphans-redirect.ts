import { defineCommand } from '../command.ts'
import { usageError } from '../exit-code.ts'
import { orphansJob, orphansOptions } from '../orphans-command.ts'

export const orphansRedirect = defineCommand({
  name: 'orphans redirect',
  summary: 'Give what waits for a trigger that has left the manifests to another trigger',
  words: 'NAME TRIGGER',
  maxWords: 2,
  example: 'millrace orphans redirect orders orders-v2',
  options: orphansOptions,
  async run({ flags, words: [orphan, to] }, terminal) {
    if (orphan === undefined || to === undefined)
      throw usageError(
        'millrace orphans redirect: NAME is a trigger of millrace get orphans, TRIGGER one in the manifests',
      )
    return orphansJob(flags, { kind: 'redirect-orphans', orphan, to }, terminal)
  },
})
