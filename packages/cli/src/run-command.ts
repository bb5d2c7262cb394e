import type { Command } from './command.ts'
import { CommandError, exitCode, usageError, type ExitCode } from './exit-code.ts'
import { commandHelp, overview } from './help.ts'
import type { Terminal } from './terminal.ts'

/** Finds the command, runs it, and says in one sentence why it failed. */
export async function runCommand(
  args: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await dispatch(args, commands, terminal)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    terminal.note(error.message)
    return error.exitCode
  }
}

async function dispatch(
  args: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<ExitCode> {
  const [first, second] = args
  if (first === undefined) {
    terminal.note(overview(commands, terminal))
    return exitCode.usage
  }
  if (first === '--version' || first === '-v') return dispatch(['version'], commands, terminal)
  if (isHelp(first) || first === 'help') return help(args.slice(1), commands, terminal)
  const command = find(args, commands)
  if (command !== undefined) {
    const rest = args.slice(command.name.split(' ').length)
    if (rest.some(isHelp)) return help([command.name], commands, terminal)
    return command.run(rest, terminal)
  }
  if (first.startsWith('-'))
    throw usageError(`the command comes first: millrace COMMAND ${first}; see millrace --help`)
  const group = inGroup(first, commands)
  if (group.length > 0 && second !== undefined && isHelp(second)) return help([first], commands, terminal)
  const usual = group.find(({ isUsual }) => isUsual)
  if (usual !== undefined && (second?.startsWith('-') ?? true)) return usual.run(args.slice(1), terminal)
  if (group.length > 0 && second === undefined) return help([first], commands, terminal)
  throw await unknownCommand(group.length > 0 ? `${first} ${second}` : first, commands)
}

function help(words: readonly string[], commands: readonly Command[], terminal: Terminal): ExitCode {
  const name = words.filter((word) => !isHelp(word)).join(' ')
  const command = commands.find((one) => one.name === name)
  if (command !== undefined) terminal.print(commandHelp(command, terminal))
  else if (inGroup(name, commands).length > 0) terminal.print(overview(inGroup(name, commands), terminal))
  else terminal.print(overview(commands, terminal))
  return exitCode.done
}

function find(args: readonly string[], commands: readonly Command[]): Command | undefined {
  const [first, second] = args
  return commands.find(({ name }) => name === first || name === `${first} ${second}`)
}

function inGroup(group: string, commands: readonly Command[]): Command[] {
  return commands.filter(({ name }) => name.startsWith(`${group} `))
}

async function unknownCommand(given: string, commands: readonly Command[]): Promise<CommandError> {
  const { kinds, nearest } = await import('@millrace/resources')
  const names = commands.flatMap(({ name }) => [name, ...name.split(' ').slice(0, -1)])
  const plurals = kinds.map(({ plural }) => plural)
  const near = nearest(given, [...names, ...plurals])
  const what = near !== undefined && plurals.includes(near) ? `get ${near}` : near
  const hint = what === undefined ? 'see millrace --help' : `did you mean millrace ${what}?`
  return usageError(`unknown command "${given}"; ${hint}`)
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}
