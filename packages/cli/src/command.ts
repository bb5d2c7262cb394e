import { parseCommandLine } from './command-line.ts'
import type { CommandSpec, Options } from './command-spec.ts'
import type { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** A command whose flags are no longer known to the types. */
export interface Command extends Omit<CommandSpec<Options>, 'run'> {
  run(args: readonly string[], terminal: Terminal): Promise<ExitCode>
}

/** Ties a command's flags to the types of what it is given. */
export function defineCommand<const O extends Options>(spec: CommandSpec<O>): Command {
  return {
    ...spec,
    run: async (args, terminal) => spec.run(await parseCommandLine(spec, args, terminal.env), terminal),
  }
}
