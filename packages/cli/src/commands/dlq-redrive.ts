import { setTimeout as delay } from 'node:timers/promises'
import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { chooseOptions, chosen } from '../dead-letters.ts'
import { exitCode } from '../exit-code.ts'
import { count } from '../option-values.ts'

interface Redriven {
  readonly redriven: readonly string[]
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
}

const chunkSize = 100

export const dlqRedrive = defineCommand({
  name: 'dlq redrive',
  summary: 'Deliver dead letters again: those named, else those chosen, else all',
  words: '[ID...]',
  maxWords: Infinity,
  example: 'millrace dlq redrive --trigger orders --rate 50',
  options: {
    ...serverOptions,
    ...chooseOptions,
    rate: {
      type: 'string',
      value: 'N',
      help: 'at most so many a second; as fast as the server takes them where unset',
    },
  },
  async run({ flags, words }, terminal) {
    const perSecond = flags.rate === undefined ? Infinity : count('--rate', flags.rate.replace(/\/s$/, ''))
    const admin = new AdminClient(flags)
    // All ids before the first redrive: one that fails again is a new dead letter, and is not chased.
    const ids = words.length > 0 ? words : await Array.fromAsync(chosen(admin, flags), ({ id }) => id)
    let redriven = 0
    let skipped = 0
    for (const chunk of chunks(ids, Math.min(chunkSize, perSecond))) {
      const started = performance.now()
      const answer = await admin.post<Redriven>('/api/deadletters/redrive', { ids: chunk })
      redriven += answer.redriven.length
      skipped += answer.skipped.length
      for (const { id, reason } of answer.skipped) terminal.note(`skipped ${id}: ${reason}`)
      terminal.progress(`redriven ${redriven} of ${ids.length}`)
      const dueMs = started + (chunk.length / perSecond) * 1_000
      if (redriven + skipped < ids.length) await delay(Math.max(0, dueMs - performance.now()))
    }
    terminal.print(`redriven ${redriven} of ${ids.length}${skipped === 0 ? '' : `, skipped ${skipped}`}`)
    return skipped === 0 ? exitCode.done : exitCode.failed
  },
})

function* chunks(ids: readonly string[], size: number): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += size) yield ids.slice(from, from + size)
}
