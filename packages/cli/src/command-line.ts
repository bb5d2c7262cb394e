import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import type { CommandSpec, Input, Option, Options, Values } from './command-spec.ts'
import { usageError } from './exit-code.ts'

type Env = Readonly<Record<string, string | undefined>>
/** What reading a command line needs of a command. */
type Shape<O extends Options> = Pick<CommandSpec<O>, 'name' | 'maxWords' | 'options'>
type Value = string | boolean | readonly string[] | undefined

/** The flag's name in the environment: `max-in-flight` is `MILLRACE_MAX_IN_FLIGHT`. */
export function environmentName(name: string): string {
  return `MILLRACE_${name.toUpperCase().replaceAll('-', '_')}`
}

/**
 * Reads a command's flags and words.
 * @throws {CommandError} (exit 2) that names the flag and the nearest right one.
 */
export async function parseCommandLine<O extends Options>(
  command: Shape<O>,
  args: readonly string[],
  env: Env,
): Promise<Input<O>> {
  const { values, positionals } = await parse(command, args)
  const most = command.maxWords ?? 0
  const surplus = positionals[most]
  if (surplus !== undefined) {
    throw usageError(`millrace ${command.name}: unexpected "${surplus}"; see millrace ${command.name} --help`)
  }
  const flags: Record<string, Value> = {}
  for (const [name, option] of Object.entries<Option>(command.options)) {
    flags[name] = values[name] ?? fromEnvironment(name, option, env) ?? option.default ?? absent(option)
  }
  return { flags: flags as Values<O>, words: positionals }
}

async function parse(command: Shape<Options>, args: readonly string[]) {
  const options: ParseArgsOptionsConfig = {}
  for (const [name, { type, short, multiple = false }] of Object.entries(command.options)) {
    options[name] = { type, multiple, ...(short === undefined ? {} : { short }) }
  }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { values: values as Record<string, Value>, positionals }
  } catch (error) {
    throw usageError(`millrace ${command.name}: ${await explain(error, command)}`)
  }
}

async function explain(error: unknown, command: Shape<Options>): Promise<string> {
  const { message } = error as Error
  const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1]
  if (unknown === undefined) return message
  const { nearest } = await import('@millrace/resources')
  const near = nearest(unknown.replace(/^-+/, ''), Object.keys(command.options))
  const hint = near === undefined ? `see millrace ${command.name} --help` : `did you mean --${near}?`
  return `unknown flag ${unknown}; ${hint}`
}

function fromEnvironment(name: string, option: Option, env: Env): Value {
  const variable = environmentName(name)
  const value = env[variable]
  if (value === undefined || value === '') return undefined
  if (option.type === 'boolean') return truth(variable, value)
  return option.multiple ? value.split(option.separator ?? ',') : value
}

function truth(variable: string, value: string): boolean {
  if (/^(1|true|yes|on)$/i.test(value)) return true
  if (/^(0|false|no|off)$/i.test(value)) return false
  throw usageError(`${variable} is "${value}"; it is true or false`)
}

function absent(option: Option): Value {
  if (option.type === 'boolean') return false
  return option.multiple ? [] : undefined
}
