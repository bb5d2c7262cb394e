import type { Command } from './command.ts'
import type { Option } from './command-spec.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

const environment = 'Each flag is also an environment variable: --max-in-flight is MILLRACE_MAX_IN_FLIGHT.'

/** What Millrace can do, command by command. */
export function overview(commands: readonly Command[], terminal: Terminal): string {
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary])
  return [
    'Millrace, a CloudEvents broker in one process that speaks Knative Eventing.',
    '',
    `${terminal.style('bold', 'Usage:')} millrace COMMAND [FLAGS]`,
    '',
    ...table(rows),
    '',
    'millrace COMMAND --help shows its flags and an example.',
    environment,
  ].join('\n')
}

/** One command: its flags and an example. */
export function commandHelp(command: Command, terminal: Terminal): string {
  const words = command.words === undefined ? '' : ` ${command.words}`
  const flags = Object.entries(command.options).map(([name, option]) => flagRow(name, option))
  return [
    `${command.summary}.`,
    '',
    `${terminal.style('bold', 'Usage:')} millrace ${command.name}${words} [FLAGS]`,
    '',
    ...table([...flags, ['  -h, --help', 'show this']]),
    '',
    environment,
    '',
    terminal.style('bold', 'Example:'),
    ...command.example.split('\n').map((line) => `  ${line}`),
  ].join('\n')
}

function flagRow(name: string, option: Option): string[] {
  const short = option.short === undefined ? '   ' : `-${option.short},`
  const value = option.type === 'boolean' ? '' : ` ${option.value ?? 'VALUE'}`
  const facts = [
    ...(option.default === undefined ? [] : [`default ${option.default}`]),
    ...(option.multiple === true ? ['may be repeated'] : []),
  ]
  const remark = facts.length === 0 ? '' : ` (${facts.join('; ')})`
  return [`  ${short} --${name}${value}`, `${option.help}${remark}`]
}
