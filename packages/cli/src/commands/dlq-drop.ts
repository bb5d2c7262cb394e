import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { chooseOptions, chosen } from '../dead-letters.ts'
import { exitCode, usageError } from '../exit-code.ts'

const chunkSize = 500

export const dlqDrop = defineCommand({
  name: 'dlq drop',
  summary: 'Drop dead letters for good: those named, or those chosen',
  words: '[ID...]',
  maxWords: Infinity,
  example: 'millrace dlq drop --trigger orders --type com.example.test',
  options: {
    ...serverOptions,
    ...chooseOptions,
    all: { type: 'boolean', help: 'all of them, where nothing else chooses' },
  },
  async run({ flags, words }, terminal) {
    const { trigger, type, since, limit, all } = flags
    if (words.length === 0 && !all && [trigger, type, since, limit].every((choice) => choice === undefined)) {
      throw usageError(
        'millrace dlq drop: name ids, choose by --trigger, --type, --since or --limit, or say --all',
      )
    }
    const admin = new AdminClient(flags)
    const ids = words.length > 0 ? [...words] : await Array.fromAsync(chosen(admin, flags), ({ id }) => id)
    let dropped = 0
    for (let from = 0; from < ids.length; from += chunkSize) {
      const chunk = ids.slice(from, from + chunkSize)
      dropped += (await admin.post<{ dropped: number }>('/api/deadletters/drop', { ids: chunk })).dropped
      terminal.progress(`dropped ${dropped} of ${ids.length}`)
    }
    terminal.print(`dropped ${dropped} of ${ids.length}`)
    return dropped === ids.length ? exitCode.done : exitCode.failed
  },
})
