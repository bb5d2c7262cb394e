import type { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** One flag. Its name in the environment is `MILLRACE_` and its long name in upper case. */
export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** What stands for its value in the help, such as `PATH`. */
  readonly value?: string
  readonly default?: string
  /** The only values that it takes. */
  readonly choices?: readonly string[]
  /** What separates several values in the environment; a comma when left out. */
  readonly separator?: string
  readonly help: string
}

export type Options = Readonly<Record<string, Option>>

/** The values of a command's flags: from the command line, else the environment, else the default. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name]['type'] extends 'boolean'
    ? boolean
    : O[Name] extends { readonly multiple: true }
      ? readonly string[]
      : O[Name] extends { readonly default: string }
        ? string
        : string | undefined
}

export interface Input<O extends Options> {
  readonly flags: Values<O>
  /** What is left beside flags. */
  readonly words: readonly string[]
}

export interface CommandSpec<O extends Options> {
  /** One word, or two: `dlq ls`. */
  readonly name: string
  /** The first of its two words alone means it. */
  readonly isUsual?: boolean
  readonly summary: string
  /** What follows the name, such as `KIND [NAME]`. */
  readonly words?: string
  /** The most words that it takes; none when left out. */
  readonly maxWords?: number
  /** The only words that can come first, for completion. */
  readonly firstWord?: readonly string[]
  readonly example: string
  readonly options: O
  run(input: Input<O>, terminal: Terminal): Promise<ExitCode>
}
