import type { Command } from '../command.ts'
import type { Option } from '../command-spec.ts'

/** A flag, as a shell completes it. */
export interface CompletableFlag {
  /** Such as `--files`, `-f`. */
  readonly names: readonly string[]
  readonly help: string
  /** What follows it. */
  readonly value: 'none' | 'any' | 'file' | readonly string[]
}

export interface CompletableCommand {
  /** One word, or two. */
  readonly words: readonly string[]
  readonly summary: string
  readonly flags: readonly CompletableFlag[]
  /** What its first word beside flags can be. */
  readonly first: 'any' | 'file' | readonly string[]
}

/** What a shell has to know of the commands. */
export function completables(commands: readonly Command[]): CompletableCommand[] {
  return commands.map(({ name, summary, options, words = '', firstWord }) => ({
    words: name.split(' '),
    summary,
    flags: [
      ...Object.entries(options).map(([flag, option]) => flagOf(flag, option)),
      { names: ['--help', '-h'], help: 'show this command', value: 'none' },
    ],
    first: firstWord ?? (isFile(words.replaceAll(/[[\].]/g, '')) ? 'file' : 'any'),
  }))
}

/** The first words of commands of two, each with what can follow. */
export function groupsOf(commands: readonly CompletableCommand[]): Map<string, CompletableCommand[]> {
  const groups = new Map<string, CompletableCommand[]>()
  for (const command of commands) {
    const [group = '', second] = command.words
    if (second !== undefined) groups.set(group, [...(groups.get(group) ?? []), command])
  }
  return groups
}

function flagOf(name: string, { type, short, help, value, choices }: Option): CompletableFlag {
  return {
    names: [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
    help,
    value: type === 'boolean' ? 'none' : (choices ?? (isFile(value) ? 'file' : 'any')),
  }
}

function isFile(value: string | undefined): boolean {
  return value === 'PATH' || value === 'FILE'
}
