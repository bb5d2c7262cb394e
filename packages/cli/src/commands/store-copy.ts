import type { Copied } from '@millrace/server'
import { defineCommand } from '../command.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { outputFormat, outputOption, printJson } from '../output.ts'
import { startFailure } from '../start-failure.ts'

export const storeCopy = defineCommand({
  name: 'store copy',
  summary:
    'Copy all that a store holds into an empty one, such as from SQLite to Redis; no server may run on either',
  words: 'FROM TO',
  maxWords: 2,
  example: 'millrace store copy sqlite:./data redis://localhost:6379',
  options: outputOption,
  async run({ flags, words }, terminal) {
    const [from, to] = words
    if (from === undefined || to === undefined)
      throw usageError(
        'millrace store copy: from which store to which? For example: millrace store copy sqlite:./data redis://localhost:6379',
      )
    if (from === to) throw usageError(`millrace store copy: ${from} is both, name two stores`)
    const format = outputFormat(flags.output, ['json'])
    const server = await import('@millrace/server')
    const copied = await server
      .copyStore(from, to, ({ events, deadLetters }) =>
        terminal.progress(`copied ${events} events, ${deadLetters} dead letters`),
      )
      .catch((error: unknown) => {
        throw startFailure('store copy', error, server)
      })
    if (format === 'json') printJson(terminal, [copied])
    else {
      terminal.print(`copied ${inWords(copied)}`)
      terminal.note(
        `${server.shownStore(from)} is as it was: start no server on it again, or what waited there is delivered twice`,
      )
    }
    return exitCode.done
  },
})

function inWords(copied: Copied): string {
  const { routes, events, deliveries, parkedKeys, archived, failedAttempts } = copied
  const { deadLetters, checkpoints, dedupeKeys } = copied
  return [
    `${routes} routes`,
    `${events} events`,
    `${deliveries} deliveries that wait`,
    `${parkedKeys} parked keys`,
    `${archived} archived events`,
    `${failedAttempts} failed attempts`,
    `${deadLetters} dead letters`,
    `${checkpoints} checkpoints`,
    `${dedupeKeys} dedupe keys`,
  ].join(', ')
}
