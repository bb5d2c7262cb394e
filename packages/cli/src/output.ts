import type { Options } from './command-spec.ts'
import { choice } from './option-values.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

/** `-o` of the commands that print a table. */
export const outputOption = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['json'],
    help: 'json: one object a line; a table where nothing is said',
  },
} as const satisfies Options

/** `-o`, read. */
export function outputFormat<const T extends string>(
  text: string | undefined,
  formats: readonly T[],
): T | 'table' {
  return text === undefined ? 'table' : choice('--output', text, formats)
}

/** A head line and rows. */
export function printTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const [first = '', ...rest] = table([head, ...rows])
  terminal.print(terminal.style('bold', first))
  for (const line of rest) terminal.print(line)
}

/** One object a line. */
export function printJson(terminal: Terminal, items: Iterable<unknown>): void {
  for (const item of items) terminal.print(JSON.stringify(item))
}
