import { AdminClient, serverOptions } from '../admin-client.ts'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'

const chunkSize = 500

interface Cancelled {
  readonly cancelled: readonly string[]
  readonly skipped: readonly string[]
}

export const deliveriesCancel = defineCommand({
  name: 'deliveries cancel',
  summary: 'Drop what waits for good: by its ids, or all of an event; not what is in flight',
  words: '[ID...]',
  maxWords: Infinity,
  example: 'millrace deliveries cancel --event 4711',
  options: {
    ...serverOptions,
    event: { type: 'string', value: 'ID', help: 'all that waits of the event with this id' },
  },
  async run({ flags, words }, terminal) {
    const { event } = flags
    if ((words.length === 0) === (event === undefined))
      throw usageError('millrace deliveries cancel: name ids of millrace deliveries ls, or one --event ID')
    const admin = new AdminClient(flags)
    const bodies: object[] = event === undefined ? [] : [{ event }]
    for (let from = 0; from < words.length; from += chunkSize)
      bodies.push({ ids: words.slice(from, from + chunkSize) })
    let cancelled = 0
    const skipped: string[] = []
    for (const body of bodies) {
      const done = await admin.post<Cancelled>('/api/deliveries/cancel', body)
      cancelled += done.cancelled.length
      skipped.push(...done.skipped)
    }
    terminal.print(`cancelled ${cancelled}`)
    if (skipped.length > 0) terminal.note(`not there, or in flight: ${skipped.join(' ')}`)
    return cancelled > 0 ? exitCode.done : exitCode.failed
  },
})
